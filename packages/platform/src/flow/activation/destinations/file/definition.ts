import { object, oneOf, optional, text } from '#kernel/read.ts'

/** What the file destination says of itself. */
export const fileDefinition = {
  key: 'file',
  label: 'File',
  about:
    'Writes one file per delivery into a folder, with a manifest beside it that appears when the file is whole.',
  guarantee: 'once by file name',
  settings: object({
    folder: text({
      minLength: 1,
      description:
        'Below the folder for outgoing files. An absolute one must be allowed by the settings of the server.',
    }),
    format: oneOf(['csv', 'json'], { description: 'json writes one object per line.' }),
    name: optional(
      text({
        minLength: 1,
        maxLength: 200,
        description:
          'The name without its ending, made of {activation} {segment} {date} {position} and other letters.',
      }),
    ),
  }),
} as const
