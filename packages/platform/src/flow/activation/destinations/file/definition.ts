import { bucketAccess, hostAccess } from '#connectors/definition'
import { either, object, oneOf, optional, text, whole } from '#kernel/read.ts'

/** What the file destination says of itself. */
export const fileDefinition = {
  key: 'file',
  label: 'File',
  about:
    'Writes files into a folder here, in a bucket or on another machine, and last of all a manifest that names them.',
  guarantee: 'once by file name',
  settings: object({
    folder: text({
      minLength: 1,
      maxLength: 500,
      description:
        'Below the folder for outgoing files, where an absolute one must be allowed by the settings of the server; or the folder in the bucket or on the host.',
    }),
    to: optional(
      // Another place than this machine: a bucket, or a host that speaks SFTP.
      either(object({ s3: object(bucketAccess) }), object({ sftp: object(hostAccess) })),
    ),
    format: oneOf(['csv', 'json', 'parquet'], {
      description: 'json writes one object per line.',
    }),
    formulas: optional(
      oneOf(['guard', 'keep'], {
        description:
          'Of CSV: text that a spreadsheet would run as a formula (=..., and +, - or @ before a function) gets an apostrophe in front, unless set to keep. Phone numbers, numbers and handles stay as they are.',
      }),
    ),
    compression: optional(
      oneOf(['none', 'gzip'], { description: 'Parquet is always compressed by itself.' }),
    ),
    rows_per_file: optional(
      whole({ minimum: 1, description: 'More members than this make several files.' }),
    ),
    name: optional(
      text({
        minLength: 1,
        maxLength: 200,
        description:
          'The name without its ending, made of {activation} {segment} {date} {time} {position} and other letters.',
      }),
    ),
  }),
} as const
