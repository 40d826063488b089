import { column, type Engine, join, keyOf, type Part, sql, value } from '#engine'
import { linkColumn, type Model, modelTable, shapeModelTable } from '#model'

/** One record in five is of a person who is there already. */
const repeated = 0.2

/** A share of records that is the same in every run. */
const inShare = (salt: string, percent: number): Part =>
  sql`hash(i, ${value(salt)}) % 100 < ${value(percent)}`

interface Written {
  readonly object: string
  /** Fields by their SQL over `i` (the number of the record) and `person`. */
  readonly fields: Readonly<Record<string, Part>>
  readonly where: Part
}

const email = (person: Part): Part =>
  sql`'person.' || ${person} || '@mail' || (${person} % 40) || '.example'`

// A tenth of the addresses is written in another way.
const objects: readonly Written[] = [
  {
    object: 'individual',
    fields: {
      first_name: sql`'First' || (hash(person) % 5000)`,
      last_name: sql`'Last' || (hash(person, 1) % 50000)`,
    },
    where: sql`true`,
  },
  {
    object: 'contact_point_email',
    fields: {
      email_address: sql`case when ${inShare('capitals', 10)} then upper(${email(sql`person`)}) else ${email(sql`person`)} end`,
    },
    where: inShare('email', 85),
  },
  {
    object: 'contact_point_phone',
    fields: { telephone_number: sql`'+49 ' || (1510000000 + person)` },
    where: inShare('phone', 70),
  },
  {
    object: 'party_identification',
    fields: {
      identification_name: sql`'loyalty'`,
      identification_number: sql`'L' || (10000000 + person)`,
    },
    where: inShare('loyalty', 50),
  },
]

/** Puts records of people into the model: each with a name, most with an e-mail address, a telephone number, a loyalty number. */
export async function putPeople(engine: Engine, model: Model, records: number): Promise<void> {
  const persons = value(Math.floor(records * (1 - repeated)))
  const all = sql`select i, case when i < ${persons} then i else hash(i, 'person') % ${persons} end as person
    from range(${value(records)}) r(i)`
  for (const [place, of] of objects.entries())
    await put(engine, model, { ...of, people: all, positions: place * records })
}

interface Putting extends Written {
  readonly people: Part
  /** The position that the first row comes after. */
  readonly positions: number
}

async function put(
  engine: Engine,
  model: Model,
  { object, fields, where, people, positions }: Putting,
): Promise<void> {
  const of = model.get(object)
  const existing = (await engine.tables('model')).find(({ name }) => name === object)
  const key = keyOf(['default', 'crm'], sql`cast(i as varchar)`)
  const link = object === 'individual' ? {} : { individual_id: sql`cast(i as varchar)` }
  const linked = Object.keys(link).map((name) => [linkColumn(name), key] as const)
  const cells: readonly (readonly [string, Part])[] = [
    ['_stream', sql`'crm'`],
    ['_source', sql`'crm'`],
    ['_space', sql`'default'`],
    ['_position', sql`${value(positions)} + i + 1`],
    ['_key', key],
    ['id', sql`cast(i as varchar)`],
    ...Object.entries({ ...fields, ...link }),
    ...linked,
  ]
  await engine.change(`people in ${object}`, async (writer) => {
    await shapeModelTable(writer, of, existing?.columns.map(({ name }) => name) ?? [])
    await writer.run(
      sql`insert into ${modelTable(object)} (${join(cells.map(([name]) => column(name)))})
        select ${join(cells.map(([, cell]) => cell))} from (${people}) people where ${where}`,
    )
  })
}

/**
 * Changes records, as new versions with later positions: half get the address of somebody else, a fifth lose their telephone
 * number, and as many new ones come as the rest.
 */
export async function changePeople(
  engine: Engine,
  model: Model,
  { records, changes }: { readonly records: number; readonly changes: number },
): Promise<void> {
  const stride = Math.max(1, Math.floor(records / changes))
  const [half, fifth] = [Math.floor(changes / 2), Math.floor(changes / 5)]
  const chosen = (from: number, count: number) =>
    sql`select ${value(stride)} * i as i from range(${value(from)}, ${value(from + count)}) r(i)`
  const keys = (from: number, count: number) =>
    sql`select ${keyOf(['default', 'crm'], sql`cast(i as varchar)`)} from (${chosen(from, count)}) c`
  const remove = (object: string, of: Part) =>
    engine.change(`people who leave ${object}`, (writer) =>
      writer.run(sql`delete from ${modelTable(object)} where _key in (${of})`),
    )
  await remove('contact_point_email', keys(0, half))
  await remove('contact_point_phone', keys(half, fifth))
  const [, emails] = objects
  const other = sql`select i, (hash(i, 'other') % ${value(Math.floor(records * (1 - repeated)))}) as person from (${chosen(0, half)}) c`
  if (emails)
    await put(engine, model, {
      ...emails,
      people: other,
      positions: objects.length * records,
      where: sql`true`,
    })
  const fresh = sql`select ${value(records)} + i as i, (hash(i, 'fresh') % ${value(records)}) as person
    from range(${value(changes - half - fifth)}) r(i)`
  for (const [place, of] of objects.entries())
    await put(engine, model, {
      ...of,
      people: fresh,
      positions: (objects.length + 1 + place) * records,
    })
}

/**
 * Records of nobody in particular come beside those there are: all with the address of the first person, or each with its own.
 */
export async function stormPeople(
  engine: Engine,
  model: Model,
  {
    records,
    size,
    isShared,
  }: { readonly records: number; readonly size: number; readonly isShared: boolean },
): Promise<void> {
  const [times, person] = isShared ? [3, sql`0`] : [2, sql`${value(2 * records)} + i`]
  const people = sql`select ${value(times * records)} + i as i, ${person} as person from range(${value(size)}) r(i)`
  for (const [place, of] of objects.slice(0, 2).entries())
    await put(engine, model, {
      ...of,
      people,
      positions: (times * objects.length + 1 + place) * records,
      where: sql`true`,
    })
}

/** How many pairs of records are of one person, are in one profile, and both. */
export async function pairsOf(engine: Engine, records: number) {
  const persons = value(Math.floor(records * (1 - repeated)))
  const who = sql`select l.profile, case when cast(r.id as bigint) < ${persons} then cast(r.id as bigint)
      else hash(cast(r.id as bigint), 'person') % ${persons} end as person
    from ${modelTable('individual')} r join unified.link_individual l on l.record = r._key`
  const pairs = (by: Part) =>
    sql`(select cast(coalesce(sum(n * (n - 1) / 2), 0) as double) from (select count(*) as n from (${who}) w group by ${by}) g)`
  const [row = {}] = await engine.rows(
    sql`select ${pairs(sql`person`)} as true, ${pairs(sql`profile`)} as found, ${pairs(sql`profile, person`)} as right`,
  )
  return {
    truePairs: Number(row['true']),
    found: Number(row['found']),
    right: Number(row['right']),
  }
}
