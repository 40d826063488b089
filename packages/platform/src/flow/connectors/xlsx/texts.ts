/** Texts by their number, kept tightly: a workbook may have millions, and as values each would take three times the room. */
export interface Texts {
  readonly add: (text: string) => void
  /** Nothing when there are not so many. */
  readonly get: (index: number) => string | undefined
}

/** So many texts lie in one stretch of bytes. */
const perPage = 4096

interface Page {
  readonly bytes: Buffer
  /** Where each text ends. */
  readonly ends: Uint32Array
}

/** Starts without any text. */
export function makeTexts(): Texts {
  const pages: Page[] = []
  let last: string[] = []
  return {
    add: (text) => {
      last.push(text)
      if (last.length < perPage) return
      pages.push(pageOf(last))
      last = []
    },
    get: (index) => {
      const page = pages[Math.floor(index / perPage)]
      return page ? textAt(page, index % perPage) : last[index - pages.length * perPage]
    },
  }
}

function pageOf(texts: readonly string[]): Page {
  const ends = new Uint32Array(texts.length)
  let end = 0
  for (const [i, text] of texts.entries()) {
    end += Buffer.byteLength(text)
    ends[i] = end
  }
  return { bytes: Buffer.from(texts.join('')), ends }
}

const textAt = ({ bytes, ends }: Page, i: number): string | undefined => {
  const end = ends[i]
  return end === undefined ? undefined : bytes.toString('utf8', ends[i - 1] ?? 0, end)
}
