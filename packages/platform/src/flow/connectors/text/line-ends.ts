/** Finds out whether a text keeps to one kind of line end; inside of quotes counts too, as nobody knows quotes yet. */
export interface LineEndWatch {
  readonly look: (chunk: Uint8Array) => void
  readonly areMixed: () => boolean
}

const [lf, cr] = [10, 13]

type Kind = 'lf' | 'crlf' | 'cr'

/** Starts at the beginning of a text. */
export function watchLineEnds(): LineEndWatch {
  const kinds = new Set<Kind>()
  let last = 0
  return {
    look: (chunk) => {
      if (kinds.size < 2) collectKinds(kinds, chunk, last)
      last = chunk.at(-1) ?? last
    },
    areMixed: () => kinds.size > 1 || (last === cr && kinds.size === 1 && !kinds.has('cr')),
  }
}

function collectKinds(kinds: Set<Kind>, chunk: Uint8Array, last: number): void {
  // Most files hold no carriage return at all, and this is quick.
  if (last !== cr && !chunk.includes(cr)) {
    if (chunk.includes(lf)) kinds.add('lf')
    return
  }
  let before = last
  // By number, because going through millions of bytes by iterator takes five times as long.
  for (let i = 0; i < chunk.length; i++) {
    const byte = chunk[i] ?? 0
    if (byte === lf) kinds.add(before === cr ? 'crlf' : 'lf')
    else if (before === cr) kinds.add('cr')
    before = byte
  }
}

/** The same text with every line end as `\n`. */
export async function* withPlainLineEnds(text: AsyncIterable<string>): AsyncGenerator<string> {
  let held = ''
  for await (const piece of text) {
    const all = held + piece
    // A return at the end may be half of a line end.
    held = all.endsWith('\r') ? '\r' : ''
    yield all.slice(0, all.length - held.length).replace(/\r\n?/g, '\n')
  }
  if (held !== '') yield '\n'
}
