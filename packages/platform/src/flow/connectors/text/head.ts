/** The beginning of a text, and whether that is all of it. */
export interface Head {
  readonly text: string
  readonly isWhole: boolean
}

/** Reads the first characters of a text, and no more of it than that takes. */
export async function headOf(text: AsyncIterable<string>, characters = 1024 ** 2): Promise<Head> {
  let head = ''
  for await (const piece of text) {
    head += piece
    if (head.length > characters) return { text: head.slice(0, characters), isWhole: false }
  }
  return { text: head, isWhole: true }
}
