import { didYouMean } from '#kernel/near.ts'
import { connectorFaults } from '../faults.ts'
import type { FileOptions } from '../file-options.ts'
import { readXml } from '../text/xml.ts'
import type { RandomBytes } from '../zip/bytes.ts'
import { openWorkbook, type Sheet, type Workbook } from './workbook.ts'

/** The sheet that was asked for, or the first one that people see and that has values. */
export async function chooseSheet(workbook: Workbook, asked: FileOptions['sheet']): Promise<Sheet> {
  if (asked === undefined) {
    const [first] = await filledSheets(workbook, 1)
    if (first === undefined) throw connectorFaults.empty_file({ name: workbook.name })
    return first
  }
  const { sheets, name } = workbook
  const found = typeof asked === 'number' ? sheets[asked - 1] : sheetNamed(asked, sheets)
  if (found) return found
  const names = sheets.map((sheet) => sheet.name)
  const near = typeof asked === 'string' ? didYouMean(asked, names) : ''
  throw connectorFaults.no_such_sheet({ name, sheet: String(asked), sheets: names, near })
}

// Workbooks do not tell letters of different case apart, so no two sheets differ only in that.
const sheetNamed = (asked: string, sheets: readonly Sheet[]) =>
  sheets.find(({ name }) => name === asked) ??
  sheets.find(({ name }) => name.toLowerCase() === asked.toLowerCase())

/** The names of the sheets that people see and that have values. */
export async function sheetNames(bytes: RandomBytes): Promise<readonly string[]> {
  const sheets = await filledSheets(await openWorkbook(bytes))
  return sheets.map(({ name }) => name)
}

/** The sheets that people see and that have values, in their order, until so many are found. */
async function filledSheets(
  workbook: Workbook,
  most = Number.POSITIVE_INFINITY,
): Promise<readonly Sheet[]> {
  const found: Sheet[] = []
  for (const sheet of workbook.sheets) {
    if (found.length === most) break
    if (!sheet.isHidden && (await hasValues(sheet, workbook))) found.push(sheet)
  }
  return found
}

async function hasValues(sheet: Sheet, workbook: Workbook): Promise<boolean> {
  let [isValue, hasValue] = [false, false]
  const open = (element: string) => {
    isValue = element === 'v' || element === 't'
  }
  const text = (letters: string) => {
    hasValue ||= isValue && letters.trim() !== ''
  }
  const close = () => {
    isValue = false
  }
  for await (const _ of readXml(sheet.content(), { open, text, close }, workbook)) {
    if (hasValue) return true
  }
  return false
}
