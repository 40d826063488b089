import { type PartOf, readWholeXml } from '../text/xml.ts'
import { textRuns } from './text-runs.ts'

/** The texts of a workbook that cells name by their number. */
export async function readSharedStrings(
  content: AsyncIterable<Uint8Array>,
  of: PartOf,
): Promise<readonly string[]> {
  const strings: string[] = []
  const runs = textRuns(of)
  const open = (element: string) => {
    if (element === 'si') runs.clear()
    else runs.open(element)
  }
  const close = (element: string) => {
    if (element === 'si') strings.push(ownCopy(runs.whole()))
    else runs.close(element)
  }
  await readWholeXml(content, { open, text: runs.text, close }, of)
  return strings
}

// A stretch of a text keeps all of that text in memory.
const ownCopy = (text: string) => Buffer.from(text).toString()
