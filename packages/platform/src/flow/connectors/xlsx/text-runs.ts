import type { PartOf } from '../text/xml.ts'
import { damaged } from '../zip/bytes.ts'

/** Puts together the text of a cell, which may be divided into runs of different looks. */
export interface TextRuns {
  readonly clear: () => void
  readonly open: (element: string) => void
  readonly text: (text: string) => void
  readonly close: (element: string) => void
  readonly whole: () => string
}

/** Far more letters than programs let a cell have. */
const mostLetters = 1024 ** 2

/** Starts with no text. How it is pronounced, which stands beside Japanese text, does not belong to it. */
export function textRuns(of: PartOf): TextRuns {
  let whole = ''
  let isText = false
  let isPronunciation = false
  return {
    clear: () => {
      whole = ''
    },
    open: (element) => {
      if (element === 'rPh') isPronunciation = true
      else if (element === 't' || element === 'v') isText = !isPronunciation
    },
    text: (text) => {
      if (!isText) return
      whole += text
      if (whole.length > mostLetters) throw damaged(of, 'the text of a cell is endless')
    },
    close: (element) => {
      if (element === 'rPh') isPronunciation = false
      else if (element === 't' || element === 'v') isText = false
    },
    whole: () => withControls(whole),
  }
}

// Letters that XML cannot hold are written as `_x000D_`, and an underscore that could be taken for that as `_x005F_`.
const withControls = (text: string): string =>
  text.includes('_x')
    ? text.replace(/_x([0-9a-f]{4})_/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)))
    : text
