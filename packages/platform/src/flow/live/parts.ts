import { type Ask, type Cell, column, type Engine, join, type Row, sql, value } from '#engine'
import {
  linkTable,
  publishedPosition,
  redirectTable,
  termTable,
  unifiedFields,
  unifiedTable,
} from '#identity'
import { type InsightShape, insightTable, personColumn } from '#insights'
import { type Model, modelTable } from '#model'
import { memberTable } from '#segments'
import type { LiveAnswer } from './api.ts'
import { on } from './find.ts'

/** What the set lane knows of a person. */
export type Parts = Pick<
  LiveAnswer,
  | 'merged'
  | 'attributes'
  | 'contact_points'
  | 'identifications'
  | 'records'
  | 'insights'
  | 'segments'
>

/** What reading many people needs. */
export interface PartsTools {
  readonly engine: Engine
  readonly model: Model
  /** The insights that have one row for each person, and a table. */
  readonly insights: readonly InsightShape[]
  readonly objects: ReadonlySet<string>
  readonly ask: Ask
}

/** People as they were read, all at once, with the position of the published profiles at that moment. */
export interface ReadParts {
  readonly unified: number
  readonly people: ReadonlyMap<string, Parts>
}

/** Nothing is known. */
export const noParts: Parts = {
  merged: [],
  attributes: {},
  contact_points: { emails: [], phones: [] },
  identifications: [],
  records: [],
  insights: {},
  segments: [],
}

/** Reads what the set lane knows of some profiles; those that are no more are left out. */
export async function readParts(
  { engine, model, insights, objects, ask }: PartsTools,
  profiles: readonly string[],
): Promise<ReadParts> {
  const listed = join(profiles.map((profile) => value(BigInt(profile))))
  const rows = (query: Parameters<Engine['rows']>[0]) => engine.rows(query, ask)
  const unifiedAt = await publishedPosition(engine, on)
  const [unified, merges, records, terms, identifications, members, ...measured] =
    await Promise.all([
      rows(sql`select * from ${unifiedTable(on)} where profile in (${listed})`),
      rows(sql`select ${column('new')} as profile, ${column('old')} as old from ${redirectTable(on)}
      where ${column('new')} in (${listed}) order by old`),
      objects.has(on)
        ? rows(sql`select l.profile, r._source, r._stream, r.id from ${linkTable(on)} l
          join ${modelTable(on)} r on r._key = l.record where l.profile in (${listed}) order by r._source, r._stream, r.id`)
        : [],
      rows(sql`select distinct l.profile, t.kind, t.value from ${linkTable(on)} l
      join ${termTable(on)} t on t.record = l.record
      where l.profile in (${listed}) and t.kind in ('email', 'phone') order by t.value`),
      objects.has('party_identification')
        ? rows(sql`select distinct _profile as profile, identification_name, identification_number
          from ${modelTable('party_identification')}
          where _profile in (${listed}) and identification_number is not null order by all`)
        : [],
      rows(sql`select profile, segment, entered_at from ${memberTable}
      where profile in (${listed}) order by segment`),
      ...insights.map(({ key }) =>
        rows(sql`select * from ${insightTable(key)} where ${column(personColumn)} in (${listed})`),
      ),
    ])
  const by = (all: readonly Row[], name = 'profile') => Map.groupBy(all, (row) => String(row[name]))
  const [mergesOf, recordsOf, termsOf, numbersOf, membersOf] = [
    by(merges),
    by(records),
    by(terms),
    by(identifications),
    by(members),
  ]
  const valuesOf = measured.map((all) => by(all, personColumn))
  const fields = unifiedFields(model.get(on)).map(([name]) => name)
  const partsOf = (row: Row): Parts => {
    const id = String(row['profile'])
    const values = (kind: string) =>
      (termsOf.get(id) ?? [])
        .filter((term) => term['kind'] === kind)
        .map((of) => String(of['value']))
    return {
      merged: (mergesOf.get(id) ?? []).map((of) => String(of['old'])),
      attributes: shownIn(row, fields),
      contact_points: { emails: values('email'), phones: values('phone') },
      identifications: (numbersOf.get(id) ?? []).map(identificationOf),
      records: (recordsOf.get(id) ?? []).map((of) => ({
        source: String(of['_source']),
        stream: String(of['_stream']),
        id: String(of['id']),
      })),
      insights: Object.fromEntries(
        insights.flatMap(({ key, measures }, i) => {
          const [of] = valuesOf[i]?.get(id) ?? []
          return of ? [[key, shownIn(of, [...measures.keys()])]] : []
        }),
      ),
      segments: (membersOf.get(id) ?? []).map((of) => ({
        key: String(of['segment']),
        since: String(of['entered_at']),
      })),
    }
  }
  return {
    unified: unifiedAt,
    people: new Map(unified.map((row) => [String(row['profile']), partsOf(row)])),
  }
}

const shownIn = (row: Row, names: readonly string[]): Record<string, Cell> =>
  Object.fromEntries(
    names.flatMap((name) => {
      const cell = row[name]
      if (cell === null || cell === undefined || cell === '') return []
      return [[name, typeof cell === 'bigint' ? String(cell) : cell]]
    }),
  )

function identificationOf(row: Row) {
  const { identification_name: name, identification_number: number } = row
  return {
    ...(typeof name === 'string' && name !== '' ? { name } : {}),
    number: String(number),
  }
}
