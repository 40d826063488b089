import { column, type Draft, join, type Part, sql, typeName } from '#engine'
import type { FieldType } from '#kernel/scalar.ts'
import { linkColumn, modelTable, systemColumns } from '#model'
import type { Ground } from './ground.ts'
import { follow, isUnified, type ObjectSubject, type OwnedSubject } from './subjects.ts'
import { linkTableOf } from './tables.ts'

/** A value of a row or a person, with its type. */
export interface Subject {
  readonly of: Part
  readonly type: FieldType
}

/** Rows that questions are put to, with what they lead to over links joined to them, gathered while questions are compiled. */
export interface Asked {
  readonly field: (path: string) => Subject
  /** The key of the row that a link leads to; undefined where nothing has filled it yet. */
  readonly key: (path: string) => Part | undefined
  /** The joins that the questions so far have needed. */
  readonly joins: () => Draft
}

interface Lookup {
  readonly alias: string
  readonly object: string
  /** The column of the row that leads there. */
  readonly key: Part
  readonly columns: Set<string>
}

interface Start {
  readonly object: ObjectSubject
  readonly columns: ReadonlySet<string>
  /** What the rows are called in the query, and what the lookups are. */
  readonly alias: string
  readonly prefix: string
}

/** Puts questions to rows that are called `alias`. */
export function askRows(start: Start, ground: Ground): Asked {
  const lookups = new Map<string, Lookup>()

  const open = (path: string, object: string, key: Part): Lookup => {
    const known = lookups.get(path)
    if (known) return known
    const alias = `${start.prefix}${lookups.size + 1}`
    const made = { alias, object, key, columns: new Set<string>() }
    lookups.set(path, made)
    return made
  }

  interface Place {
    readonly object: ObjectSubject
    readonly columns: ReadonlySet<string>
    readonly cell: (name: string) => Part
    readonly before: string
  }

  const at = (
    { object, columns, cell, before }: Place,
    path: string,
    last: (field: string) => string,
  ): Part | undefined => {
    const [first = '', ...rest] = path.split('.')
    if (rest.length === 0) return columns.has(last(first)) ? cell(last(first)) : undefined
    const [link, next] = [linkColumn(first), ground.subjects.model.get(object.links[first] ?? '')]
    const there = ground.columns('model', next?.key ?? '')
    if (next === undefined || !columns.has(link) || there.size === 0) return undefined
    const here = `${before}.${first}`
    const seen = (name: string) => {
      const lookup = open(here, next.key, cell(link))
      lookup.columns.add(name)
      return column(name, lookup.alias)
    }
    return at({ object: next, columns: there, cell: seen, before: here }, rest.join('.'), last)
  }

  const here: Place = {
    object: start.object,
    columns: start.columns,
    cell: (name) => column(name, start.alias),
    before: '',
  }
  return {
    key: (path) => at(here, path, linkColumn),
    field: (path) => {
      const led = follow(path, start.object, ground.subjects.model)
      if ('lost' in led) throw new Error('a field was not checked')
      const found = at(here, path, (field) => field)
      return { type: led.type, of: found ?? sql`cast(null as ${typeName(led.type)})` }
    },
    joins: () => join([...lookups.values()].map(lookupJoin), sql``),
  }
}

// One row per key, whatever the sources say: nothing must be counted twice.
function lookupJoin({ alias, object, key, columns }: Lookup): Draft {
  const keyColumn = column(systemColumns.key)
  const cells = [...columns].map((name) => sql`min(${column(name)}) as ${column(name)}`)
  return sql`
  left join (select ${join([keyColumn, ...cells])} from ${modelTable(object)} group by ${keyColumn}) ${column(alias)} on ${column(systemColumns.key, alias)} = ${key}`
}

/** Rows of an object that belong to somebody. */
export interface OwnedRows extends Asked {
  /** Whom a row belongs to. */
  readonly owner: Part
  /** The rows, called `r`, with all that was needed joined to them; only those of people who are looked at. */
  readonly from: () => Draft
  /** The condition that a row belongs to somebody who is looked at, if not everybody's rows are. */
  readonly narrowed: readonly Part[]
  readonly columns: ReadonlySet<string>
}

/** Puts questions to the rows of an object; undefined when nothing has filled it yet. */
export function askOwned(object: OwnedSubject, ground: Ground): OwnedRows | undefined {
  const columns = ground.columns('model', object.key)
  const rows = ground.instead?.rows(object.key) ?? modelTable(object.key)
  const asked = askRows({ object, columns, alias: 'r', prefix: 'l' }, ground)
  const owner = ownerOf(object, ground, asked)
  if (owner === undefined) return undefined
  const { sample } = ground
  return {
    ...asked,
    columns,
    owner: owner.of,
    narrowed: sample ? [sample(owner.of)] : [],
    from: () => sql`${rows} r${asked.joins()}${owner.join}`,
  }
}

interface Owner {
  readonly of: Part
  readonly join: Draft
}

function ownerOf(object: OwnedSubject, ground: Ground, asked: Asked): Owner | undefined {
  const { on } = ground.subjects
  const columns = ground.columns('model', object.key)
  const cell = (name: string) => column(name, 'r')
  if (on === 'individual')
    return columns.has(systemColumns.profile)
      ? { of: cell(systemColumns.profile), join: sql`` }
      : undefined
  const record = recordOf(object, ground, asked)
  if (record === undefined || !isUnified(on)) return record && { of: record, join: sql`` }
  // Rows name the records of accounts, and identity says which profile those belong to.
  return {
    of: sql`account_link.profile`,
    join: sql`
  left join ${ground.instead?.links ?? linkTableOf(on)} account_link on account_link.record = ${record}`,
  }
}

// The key of the record that a row belongs to, over a link of its own or of what it leads to.
function recordOf({ key, way }: OwnedSubject, ground: Ground, asked: Asked): Part | undefined {
  if (way.length > 0) return asked.key(way.map(({ field }) => field).join('.'))
  const isThere = ground.columns('model', key).has(systemColumns.key)
  return isThere ? column(systemColumns.key, 'r') : undefined
}
