/** What can be named in a text of SQL. */
export interface SqlCatalogue {
  readonly relations: readonly SqlRelation[]
  readonly functions: readonly string[]
}

/** Something to read from, with its columns; its name may hold a dot. */
export interface SqlRelation {
  readonly name: string
  readonly label?: string
  readonly columns: readonly { readonly name: string; readonly type: string }[]
}

/** A piece of a text, so that the pieces together are the text. */
export interface SqlPiece {
  readonly kind: 'comment' | 'text' | 'name' | 'number' | 'keyword' | 'function' | 'other'
  readonly text: string
}

/** Something that can be written next: what it is, and what is put in the place of the word before the caret. */
export interface Completion {
  readonly kind: 'relation' | 'column' | 'function' | 'keyword'
  readonly text: string
  readonly insert: string
  readonly about?: string
}

/** What fits at a place, and where the word that it replaces begins. */
export interface Completions {
  readonly from: number
  readonly of: readonly Completion[]
}

const keywords =
  `select from where group by order having limit offset as and or not in is null like ilike
  between case when then else end distinct join left right full inner outer cross on using with union all
  except intersect asc desc nulls first last true false exists over partition cast filter qualify interval
  date timestamp`.split(/\s+/)
const keywordSet: ReadonlySet<string> = new Set(keywords)

const pieces =
  /(--[^\n]*|\/\*[\s\S]*?(?:\*\/|$))|('(?:[^']|'')*(?:'|$))|("(?:[^"]|"")*(?:"|$))|(\d+(?:\.\d+)?)|([\p{L}_][\p{L}\p{N}_$]*)|(\s+|[\s\S])/gu

/** Cuts a text of SQL into pieces, for colours. */
export function piecesOf(text: string, functions: ReadonlySet<string> = new Set()): SqlPiece[] {
  return [...text.matchAll(pieces)].map(([piece, comment, quoted, name, number, word]) => {
    if (comment !== undefined) return { kind: 'comment', text: piece }
    if (quoted !== undefined) return { kind: 'text', text: piece }
    if (name !== undefined) return { kind: 'name', text: piece }
    if (number !== undefined) return { kind: 'number', text: piece }
    return {
      kind: word === undefined ? 'other' : kindOfWord(word.toLowerCase(), functions),
      text: piece,
    }
  })
}

function kindOfWord(word: string, functions: ReadonlySet<string>): SqlPiece['kind'] {
  if (keywordSet.has(word)) return 'keyword'
  return functions.has(word) ? 'function' : 'other'
}

/** What the text before the caret tells of what comes next. */
interface Around {
  /** The word that is being written. */
  readonly typed: string
  /** The relation or alias before the dot. */
  readonly qualifier: string
  /** Whether a relation is due. */
  readonly isSource: boolean
}

const mostShown = 40

/** What fits where the caret stands; nothing in comments and texts, and before anything was typed unless asked. */
export function completionsAt(
  text: string,
  caret: number,
  { relations, functions }: SqlCatalogue,
  asked?: 'asked',
): Completions {
  const before = text.slice(0, caret)
  const nothing = { from: caret, of: [] }
  const around = aroundOf(before)
  if (around === undefined) return nothing
  const { typed, qualifier, isSource } = around
  const from = caret - typed.length
  if (typed === '' && qualifier === '' && !isSource && asked === undefined) return nothing
  const inUse = relationsIn(text, relations)
  if (qualifier !== '') {
    const dotted = relations
      .filter(({ name }) => name.toLowerCase().startsWith(`${qualifier.toLowerCase()}.`))
      .map((relation) => asRelation(relation, relation.name.slice(qualifier.length + 1)))
    const owner = inUse.get(qualifier.toLowerCase())
    return { from, of: fitting([...dotted, ...(owner ? columnsOf(owner) : [])], typed) }
  }
  const sources = relations.map((relation) => asRelation(relation, relation.name))
  if (isSource) return { from, of: fitting(sources, typed) }
  const columns = [...new Set(inUse.values())].flatMap(columnsOf)
  const calls = functions.map((name) => ({
    kind: 'function' as const,
    text: name,
    insert: `${name}(`,
  }))
  const words = keywords.map((word) => ({ kind: 'keyword' as const, text: word, insert: word }))
  return { from, of: fitting([...unique(columns), ...words, ...calls, ...sources], typed) }
}

function aroundOf(before: string): Around | undefined {
  const cut = piecesOf(before)
  const last = cut.at(-1)
  if (last !== undefined && isOpen(last)) return undefined
  const [, qualifier = '', typed = ''] =
    /(?:([\p{L}_][\p{L}\p{N}_$]*)\.)?([\p{L}_][\p{L}\p{N}_$]*)?$/u.exec(before) ?? []
  const head = before.slice(0, before.length - typed.length)
  return {
    typed,
    qualifier,
    isSource: /\b(from|join)\s+$|\bfrom\s+[\w.]+(\s+\w+)?\s*,\s*$/i.test(head),
  }
}

// A line comment is open until its line ends, everything else until it is closed.
function isOpen({ kind, text }: SqlPiece): boolean {
  if (kind === 'comment') return text.startsWith('--') || !text.endsWith('*/')
  if (kind === 'text') return text.length < 2 || !text.endsWith("'")
  return kind === 'name' && (text.length < 2 || !text.endsWith('"'))
}

const unquoted = (text: string) => text.replace(/^"(.*)"$/, '$1').toLowerCase()

/** The relations that a text reads, by the names it gives them. */
function relationsIn(text: string, all: readonly SqlRelation[]): ReadonlyMap<string, SqlRelation> {
  const known = new Map(all.map((relation) => [relation.name.toLowerCase(), relation]))
  const words = piecesOf(text)
    .filter(({ kind, text: piece }) => kind !== 'comment' && kind !== 'text' && piece.trim() !== '')
    .map(({ text: piece }) => unquoted(piece))
  const found = new Map<string, SqlRelation>()
  words.forEach((word, i) => {
    const dotted = words[i + 1] === '.' ? `${word}.${words[i + 2]}` : undefined
    const relation = known.get(dotted ?? word) ?? known.get(word)
    if (relation === undefined) return
    found.set(relation.name.toLowerCase(), relation)
    const next = i + (dotted !== undefined && known.has(dotted) ? 3 : 1)
    const alias = words[next] === 'as' ? words[next + 1] : words[next]
    if (alias !== undefined && /^[\p{L}_]/u.test(alias) && !keywordSet.has(alias))
      found.set(alias, relation)
  })
  return found
}

const asRelation = ({ label }: SqlRelation, text: string): Completion => ({
  kind: 'relation',
  text,
  insert: text.split('.').map(written).join('.'),
  ...(label === undefined ? {} : { about: label }),
})

const columnsOf = ({ name, columns }: SqlRelation): Completion[] =>
  columns.map((column) => ({
    kind: 'column',
    text: column.name,
    insert: written(column.name),
    about: `${name} · ${column.type}`,
  }))

// What is no plain word stands in quotes, or it would be read as something else.
const written = (name: string): string =>
  /^[a-z_][a-z0-9_]*$/i.test(name) && !keywordSet.has(name.toLowerCase())
    ? name
    : `"${name.replaceAll('"', '""')}"`

const unique = (all: readonly Completion[]): Completion[] => [
  ...new Map(all.map((one) => [one.insert, one])).values(),
]

/** What begins with the word first, then what holds it; a word that is already whole is not offered. */
function fitting(all: readonly Completion[], typed: string): Completion[] {
  const word = typed.toLowerCase()
  const holds = all.filter(({ text }) => text.toLowerCase().includes(word))
  const begins = ({ text }: Completion) => text.toLowerCase().startsWith(word)
  const sorted = [...holds.filter(begins), ...holds.filter((one) => !begins(one))]
  const isWhole = sorted.some(({ insert }) => insert.toLowerCase() === word)
  return isWhole ? [] : sorted.slice(0, mostShown)
}

/** The line and column that a place of the server names, from 1; nothing where it names another place. */
export function lineAndColumnIn(
  at: string,
): { readonly line: number; readonly column: number } | undefined {
  const [, line, column] = /line (\d+), column (\d+)/.exec(at) ?? []
  return line === undefined ? undefined : { line: Number(line), column: Number(column) }
}

/** From where to where the word at a place stands in a text; the server counts characters, not halves of them. */
export function spanAt(text: string, { line, column }: { line: number; column: number }) {
  const lines = text.split('\n')
  const before = lines.slice(0, line - 1).reduce((sum, of) => sum + of.length + 1, 0)
  const inLine = [...(lines[line - 1] ?? '')].slice(0, column - 1).join('').length
  const from = Math.min(before + inLine, text.length)
  const word = /^[\p{L}\p{N}_$."]+|^[^\s]/u.exec(text.slice(from))?.[0] ?? ''
  return { from, to: from + word.length }
}
