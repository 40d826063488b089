import type { Locator, Page } from 'playwright-core'
import type { InsightValues, ProfileValue } from '#contract'

// What stands on a page of the console, read as people read it.

/** The lines of text that stand in something, once it is there. */
export const wordsOf = async (of: Locator): Promise<readonly string[]> =>
  (await textIn(of)).split('\n').filter((word) => word.trim() !== '')

/** The text that stands in something, in one line. */
export const wordsIn = async (of: Locator): Promise<string> =>
  (await textIn(of)).replace(/\s+/g, ' ').trim()

async function textIn(of: Locator): Promise<string> {
  await of.waitFor()
  return (await of.allInnerTexts()).join('\n')
}

/** The cells of a row by the titles of their columns. */
export async function cellsOf(row: Locator): Promise<Readonly<Record<string, string>>> {
  await row.waitFor()
  const cells = await row.locator('td').all()
  const named = cells.map(async (cell) => [
    (await cell.getAttribute('data-title')) ?? '',
    await wordsIn(cell),
  ])
  return Object.fromEntries(await Promise.all(named))
}

/** What a list of facts says under a name. */
export const factIn = (of: Locator, name: string): Promise<string> =>
  wordsIn(of.locator('dt', { hasText: new RegExp(`^${name}$`) }).locator(answer))

// The first description after its term.
const answer = 'xpath=following-sibling::dd[1]'

/** The figures above the flow by their names. */
export async function figuresOn(page: Page): Promise<Readonly<Record<string, string>>> {
  const terms = await page.locator('dl').first().locator('dt').all()
  const figures = terms.map(async (term) => [
    await wordsIn(term),
    await wordsIn(term.locator(answer)),
  ])
  return Object.fromEntries(await Promise.all(figures))
}

/** What a line says, each time it says something new, until it says this. */
export async function follow(line: Locator, until: RegExp): Promise<readonly string[]> {
  const seen: string[] = []
  while (!until.test(seen.at(-1) ?? '')) {
    const text = await wordsIn(line)
    if (text !== seen.at(-1)) seen.push(text)
    await line.page().waitForTimeout(100)
  }
  return seen
}

/** How far something was each time it was said, by how much there was to do. */
export function progressIn(texts: readonly string[]): Partial<Record<string, readonly number[]>> {
  const said = texts.flatMap((text) => {
    const [, done, total] = /(\d+) of (\d+)/.exec(text) ?? []
    return total === undefined ? [] : [{ done: Number(done), total }]
  })
  const byTotal = Object.entries(Object.groupBy(said, ({ total }) => total))
  return Object.fromEntries(byTotal.map(([total, of = []]) => [total, of.map(({ done }) => done)]))
}

/** How bright a page is, from 0 to 255. */
export async function brightnessOf(page: Page): Promise<number> {
  const colour = await page.evaluate('getComputedStyle(document.body).backgroundColor')
  const parts = String(colour).match(/\d+/g)?.slice(0, 3).map(Number) ?? []
  return parts.reduce((sum, part) => sum + part, 0) / 3
}

/** A count as it is read. */
export const counted = (count: number | undefined): string =>
  (count ?? Number.NaN).toLocaleString('en')

/** A share of one as it is read. */
export const shareOf = (share: number): string =>
  share.toLocaleString('en', { style: 'percent', maximumFractionDigits: 1 })

/** The number that somebody reads. */
export const numberIn = (text: string): number => Number(text.replaceAll(',', ''))

/** The numbers in a row of an insight. */
export const numbersIn = (row: InsightValues['rows'][number]): readonly [string, number][] =>
  Object.entries(row)
    .filter(([name, value]) => name !== 'profile_id' && Number.isFinite(Number(value)))
    .map(([name, value]) => [name, Number(value)])

/** A value as it is read: counts and amounts in the English way, anything else as it is. */
export function shownAs(value: string | number | boolean): string {
  const isNumber = typeof value === 'number' || /^-?\d+\.\d+$/.test(String(value))
  if (!isNumber) return String(value)
  const minimumFractionDigits = Number.isInteger(Number(value)) ? 0 : 2
  return Number(value).toLocaleString('en', { minimumFractionDigits, maximumFractionDigits: 6 })
}

/** Whether a line shows a value; of a time, to the minute. */
export function showsValue(words: string, { value, type }: ProfileValue): boolean {
  if (type !== 'timestamp' && type !== 'date') return words.includes(shownAs(value))
  const date = /\d+ [A-Z][a-z]+ \d{4}(, \d\d:\d\d)?/.exec(words)?.[0]
  return Date.parse(`${date} UTC`) === Math.floor(Date.parse(String(value)) / 60_000) * 60_000
}
