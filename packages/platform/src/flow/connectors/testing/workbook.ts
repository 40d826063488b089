import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { makeZip, type ZipWays } from './zip.ts'

/** A workbook that a real program has written; `make.py` beside them tells which. */
export const madeWorkbook = (name: string): Promise<Buffer> =>
  readFile(join(import.meta.dirname, 'workbooks', name))

/** What of a workbook is to be other than plain. */
export interface WorkbookParts extends ZipWays {
  /** What stands between the tags of the sheet's data. */
  readonly rows: string
  readonly texts?: string
  readonly styles?: string
  readonly others?: Readonly<Record<string, string>>
}

/** A workbook of one sheet, for what no real program writes. */
export function makeWorkbook({ rows, texts, styles, others, ...ways }: WorkbookParts): Buffer {
  const relation = (id: string, type: string, target: string) =>
    `<Relationship Id="${id}" Type="http://x/relationships/${type}" Target="${target}"/>`
  const parts = {
    '_rels/.rels': `<Relationships>${relation('r1', 'officeDocument', 'xl/workbook.xml')}</Relationships>`,
    'xl/workbook.xml':
      '<workbook xmlns:r="r"><sheets><sheet name="One" sheetId="1" r:id="r1"/></sheets></workbook>',
    'xl/_rels/workbook.xml.rels': `<Relationships>${relation('r1', 'worksheet', 'worksheets/one.xml')}${relation('r2', 'sharedStrings', '/xl/texts.xml')}${relation('r3', 'styles', 'styles.xml')}</Relationships>`,
    'xl/worksheets/one.xml': `<worksheet><sheetData>${rows}</sheetData></worksheet>`,
    'xl/texts.xml': texts ?? '<sst/>',
    'xl/styles.xml': styles ?? '<styleSheet/>',
    ...others,
  }
  return makeZip(parts, ways)
}
