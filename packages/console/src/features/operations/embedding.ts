import type { MadeToken } from '@tessera/platform/contract'

/** The frame that shows whoever calls, for the page of another tool; the number is put in by that page. */
export const frameFor = (address: string, { token: { id }, secret }: MadeToken): string =>
  `<iframe title="Customer" style="width: 100%; height: 800px; border: 0"
  src="${address}/embed/${id}/customers?phone=NUMBER#token=${secret}"></iframe>`

/** The origins that somebody wrote, one in each line. */
export const originsIn = (text: string): readonly string[] =>
  text
    .split(/[\s,]+/)
    .map((line) => line.replace(/\/$/, ''))
    .filter((line) => line !== '')
