import { join, type Part, type Row, sql, value } from '#engine'
import { unifiedTable } from '#identity'
import { batchTable } from '#lake'
import { modelTable } from '#model'
import { shown } from './cells.ts'
import { byEmail, byPhone, byRecord, type Candidates } from './find.ts'
import { type GroupName, groupsOf } from './groups.ts'
import { on, openScene, type ProfileTools, type Scene } from './scene.ts'

/** An identifier of a kind, such as the `user_id` 42, within a data space. */
export interface AskedIdentifier {
  readonly kind: string
  readonly id: string
  readonly space: string
}

/** By what a person is known to a source. */
export interface Identifier {
  readonly kind: string
  readonly id: string
  readonly source: string
  /** When the row that tells it was taken. */
  readonly at: string | undefined
}

const number = 'party_identification'

/** The profiles that go by an identifier; more than one where several people do. */
export async function peopleBy(
  tools: ProfileTools,
  asked: AskedIdentifier,
): Promise<readonly string[]> {
  const scene = await openScene(tools)
  const candidates = await candidatesBy(scene, asked)
  if (candidates === undefined) return []
  const rows = await scene.engine.rows(sql`select distinct c.profile from (${candidates}) c
    join ${unifiedTable(on)} u on u.profile = c.profile where u._space = ${value(asked.space)} order by 1 limit 2`)
  return rows.map((row) => String(row['profile']))
}

async function candidatesBy(
  { engine, tables }: Scene,
  { kind, id }: AskedIdentifier,
): Promise<Candidates | undefined> {
  if (!tables.has(on)) return undefined
  if (kind === 'email') return byEmail(id)
  if (kind === 'phone' || kind === 'phone_number') return byPhone(engine, id)
  const numbered = tables.has(number)
    ? [
        sql`select _profile as profile, 0 as rank, '' as sort from ${modelTable(number)}
          where identification_name = ${value(kind)} and identification_number in (${value(id)}, ${value(`${kind}:${id}`)})`,
      ]
    : []
  return join([...numbered, byRecord(kind, id)], sql` union all `)
}

/** The accounts that go by an id, each by a record of it; of any source, or of the one that the kind names. */
export async function accountsBy(
  tools: ProfileTools,
  { kind, id, space }: AskedIdentifier,
): Promise<readonly GroupName[]> {
  const scene = await openScene(tools)
  if (!scene.tables.has(account)) return []
  const isAny = kind === 'group_id' || kind === 'account_id'
  const ofSource = isAny ? sql`true` : sql`(_source = ${value(kind)} or _stream = ${value(kind)})`
  const rows = await scene.engine.rows(sql`select _key from ${modelTable(account)}
    where id = ${value(id)} and _space = ${value(space)} and ${ofSource} order by _key limit 50`)
  const named = rows.map((row) => ({ object: account, record: String(row['_key']) }))
  const groups = await groupsOf(scene, named)
  return groups.flatMap(({ node: { record } }) =>
    record === undefined ? [] : [{ object: account, record }],
  )
}

const account = 'account'

/** Everything that people are known by, by the profile: ids, e-mail addresses, telephone numbers, keys of records. */
export async function identifiersOf(
  tools: ProfileTools,
  profiles: readonly string[],
): Promise<ReadonlyMap<string, readonly Identifier[]>> {
  if (profiles.length === 0) return new Map()
  const scene = await openScene(tools)
  const told = tellings.filter(({ object }) => scene.tables.has(object))
  if (told.length === 0) return new Map()
  const listed = join(profiles.map((profile) => value(BigInt(profile))))
  const each = told.map(
    ({ object, kind, id }) =>
      sql`select _profile as profile, ${kind} as kind, ${id} as id, _source, _stream, _position
        from ${modelTable(object)} where _profile in (${listed})`,
  )
  const rows =
    await scene.engine.rows(sql`select r.profile, r.kind, r.id, r._source, min(b.taken_at) as at
    from (${join(each, sql` union all `)}) r left join ${batchTable} b
      on b.stream = r._stream and r._position between b.first_position and b.last_position
    where r.id is not null and r.id <> '' group by all order by 1, 2, 3, 4`)
  const byProfile = Map.groupBy(rows, (row) => String(row['profile']))
  return new Map([...byProfile].map(([profile, of]) => [profile, withoutTwice(of.map(readRow))]))
}

// What says of which kind it is comes first: the key of a record is left out where the same source names its kind.
const tellings: readonly { readonly object: string; readonly kind: Part; readonly id: Part }[] = [
  {
    object: number,
    kind: sql`coalesce(identification_name, _source)`,
    id: sql`identification_number`,
  },
  { object: 'contact_point_email', kind: sql`'email'`, id: sql`email_address` },
  { object: 'contact_point_phone', kind: sql`'phone'`, id: sql`telephone_number` },
  { object: on, kind: sql`_source`, id: sql`id` },
]

function readRow(row: Row): Identifier {
  const [kind, id, at] = [String(row['kind']), String(row['id']), shown(row['at'])]
  return {
    kind,
    id: id.startsWith(`${kind}:`) ? id.slice(kind.length + 1) : id,
    source: String(row['_source']),
    at: at === undefined ? undefined : String(at),
  }
}

function withoutTwice(all: readonly Identifier[]): readonly Identifier[] {
  const isKey = ({ kind, source }: Identifier) => kind === source
  const kinds = all.filter((one) => !isKey(one))
  return all.filter(
    (one) => !isKey(one) || !kinds.some(({ id, source }) => id === one.id && source === one.source),
  )
}

/** When the rows of some accounts were taken, by their records. */
export async function accountsTakenAt(
  { engine }: Pick<ProfileTools, 'engine'>,
  records: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (records.length === 0) return new Map()
  const listed = join(records.map((record) => value(BigInt(record))))
  const rows =
    await engine.rows(sql`select r._key, min(b.taken_at) as at from ${modelTable(account)} r
    join ${batchTable} b on b.stream = r._stream and r._position between b.first_position and b.last_position
    where r._key in (${listed}) group by r._key`)
  return new Map(rows.map((row) => [String(row['_key']), String(row['at'])]))
}
