/** A piece of SQL text: what stands in quotes or comments is never looked into. */
export interface Piece {
  readonly text: string
  readonly is: 'code' | 'text' | 'name' | 'comment'
}

const quoted = /('(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\*[\s\S]*?\*\/)/

/** Cuts SQL text into code and what is quoted. */
export const piecesOf = (text: string): readonly Piece[] =>
  text.split(quoted).map((piece) => ({ text: piece, is: kindOf(piece) }))

function kindOf(piece: string): Piece['is'] {
  if (piece.startsWith("'")) return 'text'
  if (piece.startsWith('"')) return 'name'
  return piece.startsWith('--') || piece.startsWith('/*') ? 'comment' : 'code'
}

/** Whether a text can stand inside brackets and end there: nothing opens or closes what is around it. */
export function isSelfContained(text: string): boolean {
  const code = blanked(text)
  if (piecesOf(text).some(({ is }) => is === 'comment') || /[;'"]/.test(code)) return false
  let depth = 0
  for (const letter of code) {
    if (letter === '(') depth++
    if (letter === ')') depth--
    if (depth < 0 || (letter === ',' && depth === 0)) return false
  }
  return depth === 0
}

// What the pieces of a text are worth, letter by letter: quoted ones count as blanks of the same length.
const blanked = (text: string): string =>
  piecesOf(text)
    .map(({ text: piece, is }) => (is === 'code' ? piece : '\u0000'.repeat(piece.length)))
    .join('')

/** Replaces calls of some functions by what `write` makes of their arguments, the innermost first. */
export function cutCalls(
  text: string,
  names: readonly string[],
  write: (name: string, args: readonly string[]) => string,
): string {
  const code = blanked(text)
  const start = new RegExp(`(?<![\\w.])(${names.join('|')})\\s*\\(`, 'i').exec(code)
  if (!start) return text
  const open = start.index + start[0].length
  const { args, end } = argumentsAt(text, code, open)
  const inner = args.map((arg) => cutCalls(arg, names, write))
  const name = (start[1] ?? '').toLowerCase()
  const before = text.slice(0, start.index)
  return `${before}${write(name, inner)}${cutCalls(text.slice(end), names, write)}`
}

function argumentsAt(text: string, code: string, open: number) {
  const args: string[] = []
  let [depth, from, at] = [1, open, open]
  for (; at < code.length && depth > 0; at++) {
    const letter = code[at]
    if (letter === '(') depth++
    if (letter === ')') depth--
    const ends = depth === 0 || (depth === 1 && letter === ',')
    if (!ends) continue
    args.push(text.slice(from, at).trim())
    from = at + 1
  }
  return { args, end: at }
}

/** Whether what SQL gives changes by itself. */
export const readsClock = (text: string): boolean =>
  /\b(current_date|current_timestamp|now|today)\b/i.test(text)
