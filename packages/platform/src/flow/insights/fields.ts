import { linkTable } from '#identity'
import { didYouMean } from '#kernel/near.ts'
import type { FieldType } from '#kernel/scalar.ts'
import { linkColumn, linkFields, type Model, type ModelObject, systemColumns } from '#model'
import type { Relation } from '#query'
import { personColumn } from './definition.ts'
import { insightFaults } from './faults.ts'
import { type Piece, piecesOf } from './text.ts'

/** What insights are built over. */
export interface Ground {
  readonly relations: readonly Relation[]
  readonly model: Model
}

/** The relation of unified accounts; there only where a ruleset is about them. */
export const accountsRelation = 'unified_account'

/** Which profile a record of an account belongs to; only paths that are written here lead to it. */
const accountLinks: Relation = {
  name: '_account_links',
  table: linkTable('account'),
  columns: [
    { name: 'record', type: 'integer' },
    { name: personColumn, type: 'integer', physical: 'profile' },
  ],
}

/** The path of the unified account of a row, from the path of the key of its record. */
export const accountOf = (key: string): string => `${key}.${personColumn}`

const leadsOn = (path: string) => /(__key|^_key|\._key)\.profile_id$/.test(path)

/** The relations with the keys and positions by which built insights join and keep order; people who write SQL do not see them. */
export function withKeys({ relations, model }: Ground): readonly Relation[] {
  const links = relations.some(({ name }) => name === accountsRelation) ? [accountLinks] : []
  const keyed = relations.map((relation) => {
    const object = model.find(relation.name)
    if (!object || relation.table.schema !== 'model') return relation
    const { key, position, stream } = systemColumns
    const integers = [key, position, ...linkFields(object).map(linkColumn)]
    return {
      ...relation,
      columns: [
        ...relation.columns,
        ...integers.map((name) => ({ name, type: 'integer' as const })),
        { name: stream, type: 'text' as const },
      ],
    }
  })
  return [...keyed, ...links]
}

/** How far along links a field may lie. */
const mostHops = 3

const unified = 'unified_individual'

/** The nodes of the graph that stand for who is unified, by the relations in which they are. */
export const unifiedNodes: ReadonlyMap<string, string> = new Map([
  [unified, 'unified:individual'],
  [accountsRelation, 'unified:account'],
  [accountLinks.name, 'unified:account'],
])

interface Hop {
  readonly relation: Relation
  readonly alias: string
  readonly columns: Set<string>
  /** The column before the hop, and the one it leads to. */
  readonly from: { readonly alias: string; readonly column: string }
  readonly on: string
}

/** The rows of one relation with what their links lead to, as far as somebody has asked for it. */
export interface Fields {
  /** The type of a field by its path, which is then among the columns. */
  readonly use: (path: string) => FieldType
  /** Writes an expression for the rows, which are called `r`. */
  readonly express: (text: string) => string
  readonly has: (name: string) => boolean
  /** A select of all that was asked for; of the rows of the relation, or of some others with its columns. */
  readonly select: (rows?: string) => string
  /** Relations that were reached along links. */
  readonly reached: () => readonly string[]
  /** The paths of all that was asked for. */
  readonly paths: () => readonly string[]
  /** Columns of the relation itself that were asked for or are joined by. */
  readonly own: () => readonly string[]
}

/** Looks up fields from one relation on. */
export function fieldsFrom(start: Relation, ground: Ground): Fields {
  const hops = new Map<string, Hop>()
  const outputs = new Map<string, string>()
  const own = new Set<string>()

  // The column before the hop, and what it leads to.
  const targetOf = (
    relation: Relation,
    field: string,
  ): (Pick<Hop, 'relation' | 'on'> & { readonly column: string }) | undefined => {
    const named = (name: string) => ground.relations.find((one) => one.name === name)
    if (field === personColumn && relation.columns.some(({ name }) => name === personColumn)) {
      const people = unifiedNodes.has(relation.name) ? undefined : named(unified)
      return people && { relation: people, on: personColumn, column: personColumn }
    }
    const object = relation.table.schema === 'model' ? ground.model.find(relation.name) : undefined
    if (object && isKeyOfAccount(object, field)) {
      const links = named(accountLinks.name)
      return links && { relation: links, on: 'record', column: field }
    }
    const to = named(object?.fields[field]?.links_to ?? '')
    return to && { relation: to, on: systemColumns.key, column: linkColumn(field) }
  }

  const hop = (before: { relation: Relation; alias: string }, field: string, path: string): Hop => {
    const known = hops.get(path)
    if (known) return known
    const target = targetOf(before.relation, field)
    if (!target) throw insightFaults.no_link({ object: before.relation.name, field })
    const { relation, on, column } = target
    note(before, column)
    const made: Hop = {
      relation,
      on,
      alias: `j${hops.size + 1}`,
      columns: new Set(),
      from: { alias: before.alias, column },
    }
    hops.set(path, made)
    return made
  }

  const note = ({ alias }: { alias: string }, column: string) => {
    if (alias === 'o') own.add(column)
    else [...hops.values()].find((one) => one.alias === alias)?.columns.add(column)
  }

  const use = (path: string): FieldType => {
    const parts = path.split('.')
    const field = parts.at(-1) ?? ''
    if (parts.length - 1 > mostHops + (leadsOn(path) ? 1 : 0))
      throw insightFaults.too_far({ path, most: mostHops })
    let at: { relation: Relation; alias: string } = { relation: start, alias: 'o' }
    parts.slice(0, -1).forEach((link, i) => {
      at = hop(at, link, parts.slice(0, i + 1).join('.'))
    })
    const found = at.relation.columns.find(({ name }) => name === field)
    if (!found) {
      const near = didYouMean(
        field,
        at.relation.columns.map(({ name }) => name).filter((name) => !name.startsWith('_')),
      )
      throw insightFaults.unknown_field({ object: at.relation.name, field, near })
    }
    note(at, field)
    outputs.set(path, `${at.alias}."${field}"`)
    return found.type
  }

  const has = (name: string) => start.columns.some((column) => column.name === name)
  return {
    use,
    has,
    express: (text) =>
      piecesOf(text)
        .map((piece, i, all) => writePiece(piece, all[i + 1], { use, has }))
        .join(''),
    own: () => [...own],
    paths: () => [...outputs.keys()],
    reached: () => [...new Set([...hops.values()].map(({ relation }) => relation.name))],
    select: (rows = start.name) => {
      const columns = [...outputs].map(([path, from]) => `${from} as "${path}"`)
      const joins = [...hops.values()].map(joinOf)
      const list = columns.length === 0 ? '1 as "_one"' : columns.join(', ')
      return `select ${list} from "${rows}" as o${joins.join('')}`
    },
  }
}

const isKeyOfAccount = (object: ModelObject, column: string): boolean =>
  column === systemColumns.key
    ? object.key === 'account'
    : linkFields(object).some(
        (field) => linkColumn(field) === column && object.fields[field]?.links_to === 'account',
      )

// Two streams may bring a row each for one key; joined as they are, they would count everything twice.
function joinOf({ relation, alias, columns, from, on }: Hop): string {
  const kept = [...columns].map((name) => `, max("${name}") as "${name}"`).join('')
  const rows = `(select "${on}" as "_on"${kept} from "${relation.name}" group by 1)`
  return ` left join ${rows} as ${alias} on ${alias}."_on" = ${from.alias}."${from.column}"`
}

function writePiece(
  { text, is }: Piece,
  next: Piece | undefined,
  { use, has }: Pick<Fields, 'use' | 'has'>,
): string {
  if (is !== 'code') return text
  return text.replaceAll(/[a-z_]\w*(?:\.[a-z_]\w*)*/gi, (word, offset: number) => {
    const [before, after] = [text.slice(0, offset), text.slice(offset + word.length)]
    const isCall = /^\s*\(/.test(after)
    const isType = /\bas\s+$/i.test(before) || /::\s*$/.test(before)
    const isLiteral =
      after.trim() === '' && next?.is === 'text' && /^(date|timestamp|interval|time)$/i.test(word)
    const path = word.toLowerCase()
    const [first = ''] = path.split('.')
    const isField = has(first) || path.includes('.')
    if (isCall || isType || isLiteral || !isField || /[\w.]$/.test(before)) return word
    use(path)
    return `r."${path}"`
  })
}

/** Whether an expression is just the path of a field. */
export const isPath = (text: string): boolean => /^[a-z_]\w*(\.[a-z_]\w*)*$/.test(text.trim())
