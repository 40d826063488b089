import { AwsV4Signer } from 'aws4fetch'

/** Who asks, of which region, and when. */
export interface Signing {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly region: string
  readonly now: Date
}

/** The hash of a body that is empty, as those of all our requests are. */
const noBody = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'

/** The headers of a request to read something, signed with AWS Signature Version 4. */
export async function signedHeaders(
  url: string,
  headers: Readonly<Record<string, string>>,
  { now, ...who }: Signing,
): Promise<Readonly<Record<string, string>>> {
  const datetime = now.toISOString().replace(/[:-]|\.\d{3}/g, '')
  const all = { ...headers, 'x-amz-content-sha256': noBody }
  const signer = new AwsV4Signer({ url, headers: all, service: 's3', datetime, ...who })
  const signed = await signer.sign()
  return Object.fromEntries(signed.headers)
}
