import type { FileOptions } from '../file-options.ts'
import type { CsvFile } from '../spooled-file.ts'
import type { Head } from '../text/head.ts'
import { columnsOf, hasHeader } from './columns.ts'
import { findSigns, sampleOf } from './signs.ts'

/** How a delimited text is written, and how many characters stand before its first record. */
export interface CsvShape
  extends Pick<CsvFile, 'format' | 'delimiter' | 'quote' | 'escape' | 'header' | 'columns'> {
  readonly skip: number
}

/** Finds out how a delimited text is written; what was set is not looked for. */
export function csvShape(head: Head, options: FileOptions, name: string): CsvShape {
  const { skip, delimiter } = preambleOf(head.text)
  const rest = { ...head, text: head.text.slice(skip) }
  const asTabs = options.format === 'tsv' ? '\t' : undefined
  const given = { ...options, delimiter: options.delimiter ?? delimiter ?? asTabs }
  const signs = findSigns(rest, given, name)
  const records = sampleOf(rest, signs)
  const header = options.header ?? hasHeader(records)
  return { format: 'csv', skip, ...signs, header, columns: columnsOf(records, header) }
}

// Empty lines, and the line by which spreadsheets are told the delimiter.
function preambleOf(text: string): { skip: number; delimiter?: string | undefined } {
  const [all = '', delimiter] = /^(?:[ \t]*\n)*(?:sep=([^\n])\n)?/i.exec(text) ?? []
  return { skip: all.length, delimiter }
}
