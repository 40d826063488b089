import { column, type Engine, join, keyOf, sql, value } from '#engine'
import { linkColumn, type Model, modelTable, shapeModelTable } from '#model'

/** A made-up record of a person, with the person it is really of. */
export interface MadeRecord {
  readonly id: string
  readonly entity: string
  readonly first_name: string | null
  readonly last_name: string | null
  readonly birth_date: string | null
  readonly email: string | null
  readonly phone: string | null
}

const firsts =
  'anna ben clara david eva felix greta hans ida jonas katja lukas maria niels olga paul rosa simon tina william'
const lasts =
  'abel bauer conrad dietz ebert fischer graf hahn ihde jung krause lang meyer neumann otto peters quandt richter schmidt tiedemann ulrich vogel weber young ziegler'
const nicks = 'falcon marble river thunder pepper comet willow saffron'
const hosts = 'example.com mail.example.org example.net post.example.de'

function dice(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1664525 + 1013904223) % 4294967296
    return state / 4294967296
  }
}

/** Records of `people` persons; about a third of them have a second one, with slips and gaps. */
export function madeRecords(people: number, seed: number): readonly MadeRecord[] {
  const roll = dice(seed)
  const of = (words: string) => {
    const all = words.split(' ')
    return all[Math.floor(roll() * all.length)] ?? ''
  }
  const digits = (length: number) => Array.from({ length }, () => Math.floor(roll() * 10)).join('')
  const two = (most: number) => String(1 + Math.floor(roll() * most)).padStart(2, '0')
  const slip = (text: string | null): string | null => {
    const fate = roll()
    if (text === null || fate < 0.08) return null
    if (fate > 0.2) return text
    const at = Math.floor(roll() * (text.length - 1))
    return `${text.slice(0, at)}${text[at + 1]}${text[at]}${text.slice(at + 2)}`
  }
  return Array.from({ length: people }, (_, i) => {
    const [first, last] = [of(firsts), `${of(lasts)}${of('mann er s l n')}`]
    const record: MadeRecord = {
      id: `${i}a`,
      entity: `e${i}`,
      first_name: first,
      last_name: last,
      birth_date: `19${digits(2)}-${two(12)}-${two(28)}`,
      email: `${of(nicks)}${digits(4)}@${of(hosts)}`,
      phone: `+49 30 ${digits(7)}`,
    }
    if (roll() > 0.35) return [record]
    const again: MadeRecord = {
      ...record,
      id: `${i}b`,
      first_name: slip(record.first_name),
      last_name: slip(record.last_name),
      birth_date: roll() < 0.1 ? null : record.birth_date,
      email: roll() < 0.4 ? null : slip(record.email),
      phone: roll() < 0.4 ? null : record.phone,
    }
    return [record, again]
  }).flat()
}

/** Puts made records into the model, as records of the stream `crm`, all at once. */
export async function putMade(
  engine: Engine,
  model: Model,
  records: readonly MadeRecord[],
): Promise<void> {
  const people = records.map(({ id, first_name, last_name, birth_date }) => ({
    id,
    first_name,
    last_name,
    birth_date,
  }))
  const emails = records.flatMap(({ id, email }) =>
    email === null ? [] : [{ id, individual_id: id, email_address: email }],
  )
  const phones = records.flatMap(({ id, phone }) =>
    phone === null ? [] : [{ id, individual_id: id, telephone_number: phone }],
  )
  await putAll(engine, model, 'individual', people)
  await putAll(engine, model, 'contact_point_email', emails)
  await putAll(engine, model, 'contact_point_phone', phones)
}

async function putAll(
  engine: Engine,
  model: Model,
  object: string,
  rows: readonly Readonly<Record<string, string | null>>[],
): Promise<void> {
  const of = model.get(object)
  const existing = (await engine.tables('model')).find(({ name }) => name === object)
  const fields = Object.keys(rows[0] ?? {})
  const links = fields.filter((name) => of.fields[name]?.links_to)
  const names = ['_stream', '_source', '_space', '_position', '_key', ...fields]
  const all = [...names, ...links.map(linkColumn)].map((name) => column(name))
  await engine.change(`made rows of ${object}`, async (writer) => {
    await shapeModelTable(writer, of, existing?.columns.map(({ name }) => name) ?? [])
    if (rows.length === 0) return
    const key = (id: string | null | undefined) => keyOf(['default', 'crm'], value(id ?? ''))
    const lines = rows.map((row, i) => {
      const cells = [
        value('crm'),
        value('crm'),
        value('default'),
        value(i + 1),
        key(row['id']),
        ...fields.map((name) => value(row[name] ?? null, of.fields[name]?.type ?? 'text')),
        ...links.map((name) => key(row[name])),
      ]
      return sql`(${join(cells)})`
    })
    await writer.run(sql`insert into ${modelTable(object)} (${join(all)}) values ${join(lines)}`)
  })
}
