import type { Name } from './tree.ts'

/** A column of the catalogue that a value comes from. */
export interface Origin {
  readonly relation: string
  readonly column: string
}

/** A column of an answer, and the columns of the catalogue it is made of. */
export interface Output {
  readonly name: string
  readonly from: readonly Origin[]
}

/** Something in FROM: what it is called, and its columns. */
export interface Source {
  readonly name: string
  /** The name of the catalogue, which users may write before a column too. */
  readonly full?: string
  readonly outputs: readonly Output[]
  /** Columns that it has and nobody can name; `*` leaves them out. */
  readonly hidden?: readonly string[]
}

/** A `with` part; `name` is the one we print, so that it can never be taken for anything else. */
export interface Cte {
  readonly name: string
  readonly label: string
  readonly outputs: readonly Output[]
}

/** What can be seen from one place of a query. */
export interface Scope {
  readonly sources: readonly Source[]
  /** Names that the SELECT list gives. */
  readonly aliases: readonly Output[]
  /** Parameters of lambdas. */
  readonly locals: readonly string[]
  readonly ctes: ReadonlyMap<string, Cte>
  readonly outer?: Scope | undefined
}

export const emptyScope: Scope = { sources: [], aliases: [], locals: [], ctes: new Map() }

/** What a name means. */
export type Meaning =
  | { readonly is: 'column' | 'alias'; readonly output: Output }
  | { readonly is: 'row'; readonly source: Source }
  | { readonly is: 'local' }

export const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()

const named = (outputs: readonly Output[], name: string): Output | undefined =>
  outputs.find((output) => same(output.name, name))

/** Looks up a name without a relation before it: from the inside outwards, columns before names of the SELECT list. */
export function meaningOf(name: Name, scope: Scope | undefined): Meaning | undefined {
  if (!scope) return undefined
  if (scope.locals.some((local) => same(local, name.text))) return { is: 'local' }
  const columns = scope.sources.flatMap(({ outputs }) => named(outputs, name.text) ?? [])
  const [first] = columns
  if (first) {
    const from = columns.flatMap((column) => column.from)
    return { is: 'column', output: { name: first.name, from } }
  }
  const alias = named(scope.aliases, name.text)
  if (alias) return { is: 'alias', output: alias }
  const source = scope.sources.find((candidate) => same(candidate.name, name.text))
  return source ? { is: 'row', source } : meaningOf(name, scope.outer)
}

/** Looks up a relation by its alias, or by its name in the catalogue. */
export function sourceOf(name: string, scope: Scope | undefined): Source | undefined {
  if (!scope) return undefined
  return (
    scope.sources.find((source) => same(source.name, name)) ??
    scope.sources.find((source) => source.full !== undefined && same(source.full, name)) ??
    sourceOf(name, scope.outer)
  )
}

export const columnOf = (source: Source, name: string): Output | undefined =>
  named(source.outputs, name)

/** All names that could have been meant. */
export function visibleNames(scope: Scope | undefined): readonly string[] {
  if (!scope) return []
  return [
    ...scope.locals,
    ...scope.sources.flatMap(({ name, outputs }) => [...outputs.map((o) => o.name), name]),
    ...scope.aliases.map(({ name }) => name),
    ...visibleNames(scope.outer),
  ]
}

/** Names once each, the second `id` as `id_1`, as the engine would call it. */
export function distinctNames(outputs: readonly Output[]): readonly Output[] {
  const taken = new Set<string>()
  return outputs.map((output) => {
    let name = output.name
    for (let n = 1; taken.has(name.toLowerCase()); n++) name = `${output.name}_${n}`
    taken.add(name.toLowerCase())
    return name === output.name ? output : { ...output, name }
  })
}
