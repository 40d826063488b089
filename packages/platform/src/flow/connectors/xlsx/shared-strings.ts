import { type PartOf, readWholeXml } from '../text/xml.ts'
import { textRuns } from './text-runs.ts'
import { makeTexts, type Texts } from './texts.ts'

/** The texts of a workbook that cells name by their number. */
export async function readSharedStrings(
  content: AsyncIterable<Uint8Array>,
  of: PartOf,
): Promise<Texts> {
  const texts = makeTexts()
  const runs = textRuns(of)
  const open = (element: string) => {
    if (element === 'si') runs.clear()
    else runs.open(element)
  }
  const close = (element: string) => {
    if (element === 'si') texts.add(runs.whole())
    else runs.close(element)
  }
  await readWholeXml(content, { open, text: runs.text, close }, of)
  return texts
}
