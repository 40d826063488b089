/** A node of the parser's tree: an object with one member, the kind, whose value holds its parts. */
export type Node = Readonly<Record<string, unknown>>

/** A name as it was written, and where (in characters from the start). */
export interface Name {
  readonly text: string
  readonly quoted: boolean
  readonly offset: number | undefined
}

/**
 * The parts of a node. It remembers which were asked for: whatever holds something and was never asked for is in
 * `rest`, so that nothing that we do not know can pass unseen.
 */
export interface Parts {
  readonly kind: string
  readonly take: (part: string) => unknown
  readonly flag: (part: string) => boolean
  readonly word: (part: string) => string
  readonly node: (part: string) => Node | undefined
  readonly nodes: (part: string) => readonly Node[]
  readonly name: (part: string) => Name | undefined
  readonly names: (part: string) => readonly Name[]
  readonly inner: (part: string) => Parts | undefined
  readonly inners: (part: string) => readonly Parts[]
  readonly rest: () => readonly string[]
}

/** The kind of a node. */
export const kindOf = (node: Node): string => Object.keys(node)[0] ?? 'nothing'

/** Opens a node. */
export function open(node: Node): Parts {
  const kind = kindOf(node)
  return openParts(kind, node[kind])
}

/** Opens the parts of something that is not a node of its own. */
export function openParts(kind: string, of: unknown): Parts {
  const members = isRecord(of) ? of : {}
  const asked = new Set<string>()
  const opened: Parts[] = []
  const take = (part: string) => {
    asked.add(part)
    return members[part]
  }
  const openInner = (part: string, value: unknown) => {
    const inner = openParts(`${kind}.${part}`, value)
    opened.push(inner)
    return inner
  }
  return {
    kind,
    take,
    flag: (part) => take(part) === true,
    word: (part) => textOf(take(part)),
    node: (part) => asNode(take(part)),
    nodes: (part) => nodesIn(take(part)),
    name: (part) => asName(take(part)),
    names: (part) => listOf(take(part)).flatMap((item) => asName(item) ?? []),
    inner: (part) => {
      const value = take(part)
      return isRecord(value) ? openInner(part, value) : undefined
    },
    inners: (part) => listOf(take(part)).map((item) => openInner(part, item)),
    rest: () => [
      ...Object.keys(members)
        .filter((part) => !asked.has(part) && !isHarmless(part) && !isEmpty(members[part]))
        .map((part) => `${kind}.${part}`),
      ...opened.flatMap((inner) => inner.rest()),
    ],
  }
}

/** Where the first name inside a node stands; undefined when it holds none. */
export function offsetIn(of: unknown): number | undefined {
  if (Array.isArray(of)) return firstOffset(of)
  if (!isRecord(of)) return undefined
  return asName(of)?.offset ?? firstOffset(Object.values(of))
}

function firstOffset(values: readonly unknown[]): number | undefined {
  for (const value of values) {
    const offset = offsetIn(value)
    if (offset !== undefined) return offset
  }
  return undefined
}

/** What is written there, wherever it stands and however it is spaced: equal for nodes that say the same. */
export const wordingOf = (of: unknown): string =>
  JSON.stringify(of, (part, value: unknown) => (isHarmless(part) ? undefined : value))

/** A name, if this is one. */
export function asName(of: unknown): Name | undefined {
  if (!isRecord(of) || typeof of['name'] !== 'string') return undefined
  const span = isRecord(of['span']) ? of['span'] : {}
  const offset = typeof span['start'] === 'number' ? span['start'] : undefined
  return { text: of['name'], quoted: of['quoted'] === true, offset }
}

/** The nodes of a list. */
export const nodesIn = (of: unknown): readonly Node[] =>
  listOf(of)
    .map(asNode)
    .filter((node) => node !== undefined)

/** A node, if this is one. */
export function asNode(of: unknown): Node | undefined {
  return isRecord(of) && Object.keys(of).length === 1 ? of : undefined
}

export const isRecord = (of: unknown): of is Readonly<Record<string, unknown>> =>
  typeof of === 'object' && of !== null && !Array.isArray(of)

const textOf = (of: unknown) => (typeof of === 'string' ? of : '')
const listOf = (of: unknown): readonly unknown[] => (Array.isArray(of) ? of : [])

const isEmpty = (of: unknown) =>
  of === undefined ||
  of === null ||
  of === false ||
  of === '' ||
  (Array.isArray(of) && of.length === 0)

// Where things stood, comments, and which of two equal spellings was used.
const harmless = new Set([
  'span',
  'inferred_type',
  'original_name',
  'alias_explicit_as',
  'alias_keyword',
  'alias_first',
  'use_inner_keyword',
  'use_outer_keyword',
  'double_colon_syntax',
  'integer_spelling',
  'real_spelling',
  'bracket_notation',
  'curly_brace_syntax',
  'arrow_syntax',
  'postfix_form',
  'from_for_syntax',
  'sql_standard_syntax',
  'position_explicit',
  'colon',
  'kind_text',
  'start_side_text',
  'end_side_text',
  'nesting_group',
])

const isHarmless = (part: string) => harmless.has(part) || part.endsWith('comments')
