/** Where a text stops being JSON, and why. */
export interface JsonFault {
  readonly position: number
  readonly why: string
}

/**
 * Finds the first place where a text is not JSON; nothing when it is. Only asked when reading has failed: the
 * language's own messages do not always name the place. One pass, however deep the text is nested.
 */
export function firstFault(text: string): JsonFault | undefined {
  // What is open, innermost last.
  const open: Closing[] = []
  let expected: Expected = 'a value'
  let at = skipBlanks(text, 0)

  while (at < text.length) {
    const token = tokenAt(text, at)
    if (token.why !== undefined) return { position: token.end, why: token.why }
    const move: Move | undefined = moves[expected][token.kind]
    if (move === undefined)
      return { position: at, why: `expected ${expected}, found ${shown(text, at)}` }
    expected = follow(move, open)
    at = skipBlanks(text, token.end)
  }
  if (expected === 'the end') return undefined
  return { position: text.length, why: text.length === 0 ? 'it is empty' : 'it ends too early' }
}

type Closing = '}' | ']'
type TokenKind = '{' | '[' | Closing | ':' | ',' | 'text' | 'plain'
type Expected =
  | 'a value'
  | 'a value or "]"'
  | 'a name'
  | 'a name or "}"'
  | '":"'
  | '"," or "}"'
  | '"," or "]"'
  | 'the end'
/** What a token does: it opens, closes or ends a value, or leads on to what comes next. */
type Move = 'open {' | 'open [' | 'close' | 'value' | Expected

const value = { '{': 'open {', '[': 'open [', text: 'value', plain: 'value' } as const

/** The grammar: by what is expected, what each token does. */
const moves: Readonly<Record<Expected, Readonly<Partial<Record<TokenKind, Move>>>>> = {
  'a value': value,
  'a value or "]"': { ...value, ']': 'close' },
  'a name': { text: '":"' },
  'a name or "}"': { text: '":"', '}': 'close' },
  '":"': { ':': 'a value' },
  '"," or "}"': { ',': 'a name', '}': 'close' },
  '"," or "]"': { ',': 'a value', ']': 'close' },
  'the end': {},
}

/** Makes a move; tells what is expected after it. */
function follow(move: Move, open: Closing[]): Expected {
  if (move === 'open {') {
    open.push('}')
    return 'a name or "}"'
  }
  if (move === 'open [') {
    open.push(']')
    return 'a value or "]"'
  }
  if (move !== 'close' && move !== 'value') return move
  if (move === 'close') open.pop()
  return afterValue(open.at(-1))
}

function afterValue(around: Closing | undefined): Expected {
  if (around === undefined) return 'the end'
  return around === '}' ? '"," or "}"' : '"," or "]"'
}

interface Token {
  readonly kind: TokenKind
  readonly end: number
  readonly why?: string
}

const marks = new Set('{}[]:,')

function tokenAt(text: string, at: number): Token {
  const first = text.charAt(at)
  // The marks are kinds themselves.
  if (marks.has(first)) return { kind: first as TokenKind, end: at + 1 }
  if (first === '"') return textAt(text, at)
  const end = matchEnd(plain, text, at)
  if (end !== undefined) return { kind: 'plain', end }
  return { kind: 'plain', end: at, why: `unexpected ${shown(text, at)}` }
}

function textAt(text: string, at: number): Token {
  special.lastIndex = at + 1
  for (let found = special.exec(text); found !== null; found = special.exec(text)) {
    const end = found.index
    if (text[end] === '"') return { kind: 'text', end: end + 1 }
    const next = matchEnd(escaped, text, end)
    if (next === undefined) return { kind: 'text', end, why: sayUnclosed(text, end) }
    special.lastIndex = next
  }
  return { kind: 'text', end: text.length, why: 'a text is not closed' }
}

function sayUnclosed(text: string, end: number): string {
  return text[end] === '\\'
    ? `${JSON.stringify(text.slice(end, end + 2))} is no escape`
    : `a bare control character ${shown(text, end)} in a text`
}

const blanks = /[ \t\r\n]*/y
const plain = /(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)(?![\w.+-])/y
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what may not stand in a text.
const special = /["\\\u0000-\u001f]/g
const escaped = /\\(?:["\\/bfnrt]|u[\da-fA-F]{4})/y

function matchEnd(pattern: RegExp, text: string, at: number): number | undefined {
  pattern.lastIndex = at
  return pattern.test(text) ? pattern.lastIndex : undefined
}

const skipBlanks = (text: string, at: number): number => matchEnd(blanks, text, at) ?? at

const shown = (text: string, at: number) =>
  JSON.stringify(String.fromCodePoint(text.codePointAt(at) ?? 0))
