import { connectorFaults } from '../faults.ts'
import { plainText, readWholeXml } from '../text/xml.ts'
import type { RandomBytes } from '../zip/bytes.ts'
import { type DigitMask, type NumberKind, readStyles } from './formats.ts'
import { type OfficePackage, openPackage, type Relation } from './package.ts'
import type { Epoch } from './serials.ts'
import { readSharedStrings } from './shared-strings.ts'
import { makeTexts, type Texts } from './texts.ts'

/** A sheet that holds cells. */
export interface Sheet {
  readonly name: string
  readonly isHidden: boolean
  readonly content: () => AsyncIterable<Uint8Array>
}

/** A workbook; its sheets are read when they are asked for. */
export interface Workbook {
  /** What a person calls the file. */
  readonly name: string
  /** In the order of the workbook. */
  readonly sheets: readonly Sheet[]
  readonly epoch: Epoch
  /** By the numbers that cells name their style by. */
  readonly styles: readonly (NumberKind | DigitMask)[]
  /** By the numbers that cells name their text by; read when they are needed, as there may be many. */
  readonly texts: () => Promise<Texts>
}

/** Opens a workbook of the kind that programs write since 2007 (ECMA-376). */
export async function openWorkbook(bytes: RandomBytes): Promise<Workbook> {
  await refuseOtherKinds(bytes)
  const parts = await openPackage(bytes)
  const [root] = ofType(await parts.relationsOf(''), 'officeDocument')
  if (!root?.path.endsWith('.xml')) throw otherKind(bytes, 'it holds no workbook of that kind')
  const relations = await parts.relationsOf(root.path)
  const { sheets, epoch } = await readSheets(parts, root.path, relations)
  const [styles] = ofType(relations, 'styles')
  const [shared] = ofType(relations, 'sharedStrings')
  let texts: Promise<Texts> | undefined
  return {
    name: bytes.name,
    sheets,
    epoch,
    styles: styles ? await readStyles(parts.content(styles.path, 'other'), bytes) : [],
    texts: async () => {
      if (shared === undefined) return makeTexts()
      texts ??= readSharedStrings(parts.content(shared.path, 'texts'), bytes)
      return texts
    },
  }
}

const ofType = (relations: readonly Relation[], type: string) =>
  relations.filter((relation) => relation.type === type)

const otherKind = ({ name }: RandomBytes, why: string) =>
  connectorFaults.other_workbook({ name, why })

/** What the files of older programs begin with, and all that are locked with a password. */
const compoundFile = 'd0cf11e0a1b11ae1'

async function refuseOtherKinds(bytes: RandomBytes): Promise<void> {
  const { name } = bytes
  const head = await bytes.read(0, 8)
  if (head.length === 0) throw connectorFaults.empty_file({ name })
  if (head.toString('hex') === compoundFile) {
    throw otherKind(bytes, 'it is an old .xls workbook, or it is locked with a password')
  }
  if (head.toString('latin1', 0, 2) !== 'PK') {
    const found = JSON.stringify(head.toString('latin1'))
    throw connectorFaults.wrong_format({ name, format: 'a workbook (.xlsx)', found })
  }
}

async function readSheets(
  parts: OfficePackage,
  path: string,
  relations: readonly Relation[],
): Promise<Pick<Workbook, 'sheets' | 'epoch'>> {
  const worksheets = new Map(ofType(relations, 'worksheet').map(({ id, path: at }) => [id, at]))
  const sheets: Sheet[] = []
  let epoch: Epoch = 1900
  const open = (element: string, attributes: () => Readonly<Record<string, string>>) => {
    if (element === 'workbookPr') epoch = isTrue(attributes()['date1904']) ? 1904 : 1900
    if (element !== 'sheet') return
    const { name = '', state = 'visible', ...others } = attributes()
    const id = Object.entries(others).find(([label]) => label.endsWith(':id'))?.[1]
    const at = worksheets.get(id ?? '')
    // Sheets that are nothing but a chart, or macros of old, hold no cells.
    if (at === undefined) return
    const content = () => parts.content(at, 'sheet')
    sheets.push({ name: plainText(name), isHidden: state !== 'visible', content })
  }
  await readWholeXml(parts.content(path, 'other'), { open }, parts.bytes)
  return { sheets, epoch }
}

const isTrue = (text = '') => text === '1' || text === 'true'
