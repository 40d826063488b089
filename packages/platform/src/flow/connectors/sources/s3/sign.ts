import { createHash } from 'node:crypto'
import { AwsV4Signer } from 'aws4fetch'

/** Who asks, of which region, and when. */
export interface Signing {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly region: string
  readonly now: Date
}

/** What is asked beside the headers: reading, unless a method and a body are named. */
export interface Signed {
  readonly method?: string
  readonly body?: Uint8Array
}

/** The headers of a request, signed with AWS Signature Version 4. */
export async function signedHeaders(
  url: string,
  headers: Readonly<Record<string, string>>,
  { now, method = 'GET', body = new Uint8Array(), ...who }: Signing & Signed,
): Promise<Readonly<Record<string, string>>> {
  const datetime = now.toISOString().replace(/[:-]|\.\d{3}/g, '')
  const hash = createHash('sha256').update(body).digest('hex')
  const all = { ...headers, 'x-amz-content-sha256': hash }
  const signer = new AwsV4Signer({ url, method, headers: all, service: 's3', datetime, ...who })
  const signed = await signer.sign()
  return Object.fromEntries(signed.headers)
}
