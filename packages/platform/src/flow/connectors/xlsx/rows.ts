import { type Attributes, type PartOf, readXml, type XmlListener } from '../text/xml.ts'
import { damaged } from '../zip/bytes.ts'
import type { DigitMask, NumberKind } from './formats.ts'
import { type Epoch, textOfNumber } from './serials.ts'
import { textRuns } from './text-runs.ts'
import type { Texts } from './texts.ts'

/** A cell that is not empty. */
export interface SheetCell {
  readonly text: string
  /** Whether it is text to the workbook too, and no number, date or truth. */
  readonly isText: boolean
}

/** A row that is not empty. */
export interface SheetRow {
  /** As the workbook counts, from 1. */
  readonly number: number
  /** By column; there are holes where nothing stands. */
  readonly cells: readonly (SheetCell | undefined)[]
}

/** What is needed to understand the cells of a sheet. */
export interface CellMeaning {
  readonly texts: Texts
  readonly styles: readonly (NumberKind | DigitMask)[]
  readonly epoch: Epoch
}

/** No program has more: XFD is the last one. */
const mostColumns = 16_384

/**
 * The rows of a sheet in their order, without the empty ones. A formula stands for the value that was computed last, an error
 * for none, and of merged cells the first one has the value.
 */
export async function* rowsOf(
  content: AsyncIterable<Uint8Array>,
  meaning: CellMeaning,
  of: PartOf,
): AsyncGenerator<SheetRow> {
  let found: SheetRow[] = []
  const listener = rowListener((row) => found.push(row), meaning, of)
  for await (const _ of readXml(content, listener, of)) {
    yield* found
    found = []
  }
}

function rowListener(tell: (row: SheetRow) => void, meaning: CellMeaning, of: PartOf): XmlListener {
  const runs = textRuns(of)
  let [number, column] = [0, -1]
  let cells: (SheetCell | undefined)[] = []
  let cell: Attributes = {}
  const openRow = ({ r }: Attributes) => {
    number = r === undefined ? number + 1 : Number(r)
    column = -1
    cells = []
  }
  const openCell = (attributes: Attributes) => {
    cell = attributes
    column = cell['r'] === undefined ? column + 1 : columnOf(cell['r'])
    if (column < 0 || column >= mostColumns) {
      throw damaged(of, `row ${number} has a cell in no column`)
    }
    runs.clear()
  }
  const closeCell = () => {
    const found = readCell(cell, runs.whole(), meaning)
    if (found === undefined) throw damaged(of, `row ${number} names a text that is not there`)
    if (found.text.trim() !== '') cells[column] = found
  }
  return {
    open: (element, attributes) => {
      if (element === 'c') openCell(attributes())
      else if (element === 'row') openRow(attributes())
      else runs.open(element)
    },
    text: runs.text,
    close: (element) => {
      if (element === 'c') closeCell()
      else if (element === 'row' && cells.length > 0) tell({ number, cells })
      else runs.close(element)
    },
  }
}

const a = 'A'.charCodeAt(0)

/** The place of a column by its letters: 0 for A, 26 for AA. */
function columnOf(reference: string): number {
  let column = 0
  for (let i = 0; i < reference.length; i++) {
    const code = reference.charCodeAt(i)
    if (code < a) break
    column = column * 26 + code - a + 1
  }
  return column - 1
}

/** What a cell says; nothing when it names a text that the workbook does not have. */
function readCell(
  { t: type, s: style }: Attributes,
  raw: string,
  { texts, styles, epoch }: CellMeaning,
): SheetCell | undefined {
  if (raw === '' || type === 'e') return { text: '', isText: false }
  if (type === 's') {
    const text = texts.get(Number(raw))
    return text === undefined ? undefined : { text, isText: true }
  }
  if (type === 'str' || type === 'inlineStr') return { text: raw, isText: true }
  if (type === 'b') return { text: String(raw === '1' || raw === 'true'), isText: false }
  // Dates may also be written out, instead of counted.
  if (type === 'd' || Number.isNaN(Number(raw))) return { text: raw, isText: type !== 'd' }
  return { text: textOfNumber(raw, styles[Number(style ?? 0)] ?? 'number', epoch), isText: false }
}
