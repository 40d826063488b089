import { either, flag, oneOf, optional, type Read, text, whole } from '#kernel/read.ts'

/** The formats that files can have. */
export const formats = ['csv', 'tsv', 'json', 'ndjson', 'parquet', 'xlsx'] as const
export type Format = (typeof formats)[number]

/** The encodings that text can arrive in; everything becomes UTF-8. */
export const encodings = [
  'utf-8',
  'utf-16le',
  'utf-16be',
  'windows-1250',
  'windows-1251',
  'windows-1252',
  'windows-1253',
  'windows-1254',
  'windows-1255',
  'windows-1256',
  'windows-1257',
  'windows-1258',
  'latin-1',
  'iso-8859-1',
  'iso-8859-2',
  'iso-8859-5',
  'iso-8859-7',
  'iso-8859-9',
  'iso-8859-15',
  'koi8-r',
  'macroman',
  'cp437',
  'cp850',
  'shift_jis',
  'euc-jp',
  'gb18030',
  'big5',
  'euc-kr',
] as const
export type Encoding = (typeof encodings)[number]

/** Which files a stream takes, for every connector that fetches files. */
export const filePath = text({
  minLength: 1,
  maxLength: 500,
  description: 'One file below the folder, or a pattern such as sales/*.csv or **/*.json.',
})

/** How a file is to be read, for every connector that fetches files. What is left out is found out from the file. */
export const fileOptions = {
  format: optional(oneOf(formats, { description: 'The format; told by the ending unless set.' })),
  encoding: optional(
    oneOf(encodings, {
      description:
        'The encoding of text. Unless set: what a byte order mark says, else UTF-8 where it is valid, else windows-1252.',
    }),
  ),
  delimiter: optional(
    text({ minLength: 1, maxLength: 1, description: 'What stands between two values.' }),
  ),
  quote: optional(
    text({ maxLength: 1, description: 'What stands around values; empty when nothing does.' }),
  ),
  header: optional(flag({ description: 'Whether the first record holds the names of columns.' })),
  sheet: optional(
    either(
      text({ minLength: 1, description: 'The name of the sheet.' }),
      whole({ minimum: 1, description: 'The number of the sheet, from 1.' }),
    ),
  ),
  header_row: optional(
    whole({
      minimum: 1,
      description: 'The row of a sheet that holds the names of columns; found out unless set.',
    }),
  ),
}

/** How a file is to be read, as a value. */
export interface FileOptions {
  readonly format?: Read<typeof fileOptions.format> | undefined
  readonly encoding?: Encoding | undefined
  readonly delimiter?: string | undefined
  readonly quote?: string | undefined
  readonly header?: boolean | undefined
  /** Of a workbook: its name or its number; the first one with values unless set. */
  readonly sheet?: string | number | undefined
  readonly header_row?: number | undefined
}

// The endings that are taken, those of text also with .gz behind them.
const endings: ReadonlyMap<string, Format> = new Map([
  ['csv', 'csv'],
  ['txt', 'csv'],
  ['tsv', 'tsv'],
  ['tab', 'tsv'],
  ['json', 'json'],
  ['ndjson', 'ndjson'],
  ['jsonl', 'ndjson'],
  ['parquet', 'parquet'],
  ['xlsx', 'xlsx'],
  ['xlsm', 'xlsx'],
])

/** The format that a file's name promises, if its ending is one we know. */
export function formatOf(name: string): Format | undefined {
  const ending = /\.([a-z]+)(?:\.gz)?$/i.exec(name)?.[1]?.toLowerCase()
  return ending === undefined ? undefined : endings.get(ending)
}
