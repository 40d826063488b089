import type { S3Settings } from './definition.ts'

/** The region of those who name none. */
export const usualRegion = 'us-east-1'

/** The address of a bucket, without a slash at its end. */
export function bucketAddress({
  bucket,
  region = usualRegion,
  endpoint,
  path_style: isPath = endpoint !== undefined || bucket.includes('.'),
}: Pick<S3Settings, 'bucket' | 'region' | 'endpoint' | 'path_style'>): string {
  const country = region.startsWith('cn-') ? '.cn' : ''
  const url = new URL(endpoint ?? `https://s3.${region}.amazonaws.com${country}`)
  const path = url.pathname.replace(/\/+$/, '')
  return isPath ? `${url.origin}${path}/${bucket}` : `${url.protocol}//${bucket}.${url.host}${path}`
}

/** The address of an object; nothing where its name cannot stand in one, because `.` and `..` mean folders there. */
export function objectAddress(bucket: string, key: string): string | undefined {
  const steps = key.split('/')
  if (steps.some((step) => step === '.' || step === '..')) return undefined
  return `${bucket}/${steps.map(encoded).join('/')}`
}

/** The address of a list of a bucket. */
export const listAddress = (bucket: string, query: Readonly<Record<string, string>>): string =>
  `${bucket}?${Object.entries(query)
    .map((pair) => pair.map(encoded).join('='))
    .join('&')}`

// As signatures want it: everything but the letters that are never encoded.
const encoded = (text: string) =>
  encodeURIComponent(text).replace(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  )
