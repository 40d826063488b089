import { column, join, type Part, type Row, sql, value } from '#engine'
import {
  changeTable,
  choiceFor,
  evidenceTable,
  fromColumn,
  linkTable,
  publishedTable,
  unifiedFields,
  unifiedTable,
} from '#identity'
import { linkColumn, modelTable, pathTo } from '#model'
import type { Profile, ProfileValue, RelatedRow } from './api.ts'
import { fieldsOf, recordOf, shown } from './cells.ts'
import { contactPoints } from './contact-points.ts'
import { nameOf, readOf } from './find.ts'
import { originIn, withOrigins } from './origins.ts'
import { labelOf, on, openScene, type ProfileTools, type Scene } from './scene.ts'

/** Everything about one profile; ids that were merged lead to the one that took them in. */
export async function getProfile(tools: ProfileTools, asked: string): Promise<Profile> {
  const scene = await openScene(tools)
  return readOf(tools.engine, asked, (id) => profileOf(scene, id, asked))
}

async function profileOf(scene: Scene, id: string, asked: string): Promise<Profile | undefined> {
  const profile = value(BigInt(id))
  const [[unified], records, emails, phones, addresses, links, ...rest] = await Promise.all([
    scene.engine.rows(
      sql`select u.*, ${nameOf('u')} as _name from ${unifiedTable(on)} u where u.profile = ${profile}`,
    ),
    recordsOf(scene, profile),
    contactPoints(scene, profile, 'emails'),
    contactPoints(scene, profile, 'phones'),
    contactPoints(scene, profile, 'addresses'),
    evidenceOf(scene, profile),
    identificationsOf(scene, profile),
    accountsOf(scene, profile),
    consentsOf(scene, profile),
    historyOf(scene, profile),
    countsOf(scene, profile),
  ])
  if (!unified) return undefined
  const [identifications, accounts, consents, history, counts] = rest
  return {
    id,
    ...(asked === id ? {} : { asked_for: asked }),
    space: String(unified['_space']),
    name: String(unified['_name']),
    records: Number(unified['record_count']),
    values: valuesOf(scene, unified, records),
    ...{ emails, phones, addresses, identifications, accounts, consents, history, counts },
    links: linksOf(scene, links, records),
    sources: records.map((row) => ({
      ...originIn(row),
      fields: fieldsOf(scene.model.get(on), row),
    })),
  }
}

/** The records that are the profile, with the file and the row of each, or its place in the log. */
async function recordsOf({ engine }: Scene, profile: Part): Promise<readonly Row[]> {
  const rows = await withOrigins(
    engine,
    sql`select * from ${modelTable(on)} where _profile = ${profile}`,
  )
  const order = (row: Row) => [String(row['_source']), String(row['_stream'])].join('\u001f')
  return rows.toSorted(
    (a, b) =>
      order(a).localeCompare(order(b), 'en') || Number(a['_position']) - Number(b['_position']),
  )
}

function valuesOf(
  { model, ruleset }: Scene,
  unified: Row,
  records: readonly Row[],
): ProfileValue[] {
  const object = model.get(on)
  const ruleOf = (field: string) => (ruleset ? choiceFor(ruleset, field).rule : 'last_updated')
  return unifiedFields(object).flatMap(([field, type]) => {
    const chosen = shown(unified[field])
    if (chosen === undefined) return []
    const from = String(unified[fromColumn(field)])
    const ofRecord = records.filter((row) => String(row['_key']) === from)
    const origin = ofRecord.find((row) => shown(row[field]) === chosen) ?? ofRecord[0]
    const others = records.filter((row) => ![undefined, chosen].includes(shown(row[field])))
    const candidates = [...Map.groupBy(others, (row) => shown(row[field]))].flatMap(
      ([other, rows]) => (other === undefined ? [] : [{ value: other, from: rows.map(recordOf) }]),
    )
    if (!origin) return []
    const label = labelOf(object, field)
    return [
      {
        field,
        label,
        type,
        value: chosen,
        from: originIn(origin),
        rule: ruleOf(field),
        candidates,
      },
    ]
  })
}

async function rowsOf({ engine, model, tables }: Scene, object: string, condition: Part) {
  if (!tables.has(object)) return []
  const rows = await engine.rows(
    sql`select * from ${modelTable(object)} where ${condition} order by _source, id limit 200`,
  )
  return rows.map((row) => ({ ...recordOf(row), fields: fieldsOf(model.get(object), row) }))
}

const identificationsOf = (scene: Scene, profile: Part): Promise<RelatedRow[]> =>
  rowsOf(scene, 'party_identification', sql`_profile = ${profile}`)

/** What the person agreed to and refused, as each record says it. */
async function consentsOf(scene: Scene, profile: Part): Promise<RelatedRow[]> {
  const objects = scene.model.objects.filter(
    ({ subject_area, fields }) =>
      subject_area === 'consent' && fields['individual_id']?.links_to === on,
  )
  const rows = await Promise.all(
    objects.map(({ key }) => rowsOf(scene, key, sql`_profile = ${profile}`)),
  )
  return rows.flat()
}

/** Accounts that a record names as its own, or that it is a contact of. */
function accountsOf(scene: Scene, profile: Part): Promise<RelatedRow[]> {
  const linking = scene.model.objects.flatMap((object) => {
    const isPerson = object.key === on || object.key === 'account_contact'
    if (!isPerson || !scene.tables.has(object.key)) return []
    return Object.entries(object.fields).flatMap(([field, { links_to }]) =>
      links_to === 'account'
        ? [
            sql`select ${column(linkColumn(field))} from ${modelTable(object.key)} where _profile = ${profile}`,
          ]
        : [],
    )
  })
  if (linking.length === 0) return Promise.resolve([])
  return rowsOf(scene, 'account', sql`_key in (${join(linking, sql` union all `)})`)
}

const evidenceOf = ({ engine }: Scene, profile: Part): Promise<readonly Row[]> =>
  engine.rows(sql`select rule, ${column('left')}, ${column('right')}, matched from ${evidenceTable(on)}
    where ${column('left')} in (select record from ${linkTable(on)} where profile = ${profile}) order by 1, 4, 2, 3`)

/** Why the records are one. */
function linksOf(
  { ruleset }: Scene,
  evidence: readonly Row[],
  records: readonly Row[],
): Profile['links'] {
  const byKey = new Map(records.map((row) => [String(row['_key']), recordOf(row)]))
  return evidence.flatMap((row) => {
    const [left, right] = [byKey.get(String(row['left'])), byKey.get(String(row['right']))]
    if (!left || !right) return []
    const label = ruleset?.match.find(({ key }) => key === row['rule'])?.label
    return [
      {
        rule: String(row['rule']),
        ...(label === undefined ? {} : { label }),
        matched: String(row['matched']),
        left,
        right,
      },
    ]
  })
}

/** What happened to the profile: merges and splits with others, newest first. */
async function historyOf({ engine }: Scene, profile: Part): Promise<Profile['history']> {
  const rows = await engine.rows(sql`select c.position, p.at, c.kind, c.profile, c.other
    from ${changeTable(on)} c left join ${publishedTable} p on p.position = c.position and p.subject = ${value(on)}
    where c.profile = ${profile} or c.other = ${profile} order by c.position desc, c.kind, c.profile limit 200`)
  return rows.map((row) => ({
    position: Number(row['position']),
    at: String(row['at']),
    // Identity writes no other words.
    kind: String(row['kind']) as Profile['history'][number]['kind'],
    profile: String(row['profile']),
    ...(row['other'] === null ? {} : { other: String(row['other']) }),
  }))
}

/** How many rows of each object belong to the profile. */
async function countsOf({ engine, model, tables }: Scene, profile: Part) {
  const owned = model.objects.filter(
    (object) => tables.has(object.key) && pathTo(model, object, on) !== undefined,
  )
  if (owned.length === 0) return []
  const counts = owned.map(
    ({ key }) =>
      sql`(select count(*) from ${modelTable(key)} where _profile = ${profile}) as ${column(key)}`,
  )
  const [row = {}] = await engine.rows(sql`select ${join(counts)}`)
  return owned
    .map(({ key, label, time }) => ({
      ...{ object: key, label, rows: Number(row[key] ?? 0) },
      happens: time !== undefined,
    }))
    .filter(({ rows }) => rows > 0)
}
