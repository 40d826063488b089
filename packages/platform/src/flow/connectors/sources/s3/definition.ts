import { secretRef } from '#definitions/definition'
import { flag, object, optional, type Read, text } from '#kernel/read.ts'
import type { ConnectorDefinition } from '../../connector.ts'
import { fileOptions, filePath } from '../../file-options.ts'

/** What is needed to reach a bucket. */
export const bucketAccess = {
  bucket: text({
    pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{1,62}$',
    expected: 'the name of a bucket such as customer-files',
    description: 'The bucket that the files lie in.',
  }),
  region: optional(
    text({
      pattern: '^[a-z0-9-]{1,40}$',
      expected: 'a region such as eu-central-1',
      description: 'The region of the bucket; us-east-1 unless set, which most other stores take.',
    }),
  ),
  endpoint: optional(
    text({
      pattern: '^https?://',
      expected: 'an http or https address such as https://s3.example.com',
      description:
        'Where the store is, such as https://storage.example.com:9000; that of Amazon in the region unless set.',
    }),
  ),
  path_style: optional(
    flag({
      description:
        'Whether the bucket stands in the path of addresses instead of in the name of the host; so where an endpoint is set.',
    }),
  ),
  access_key_id: optional(
    text({
      minLength: 1,
      description: 'Who asks; nobody in particular unless set, for public buckets.',
    }),
  ),
  secret_access_key: optional(secretRef),
} as const

const settings = object({
  ...bucketAccess,
  prefix: optional(
    text({
      minLength: 1,
      maxLength: 500,
      description: 'The folder in the bucket, such as exports/shop.',
    }),
  ),
})

const source = object({ path: filePath, ...fileOptions })

/** What the connector for buckets says of itself. */
export const s3Definition = {
  key: 's3',
  label: 'S3 bucket',
  about:
    'Delimited text, JSON, parquet and workbooks in a bucket of Amazon S3 or of any store that speaks like it.',
  settings,
  source,
} as const satisfies ConnectorDefinition

export type S3Settings = Read<typeof settings>
