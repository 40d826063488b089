import { memoryEngine } from '#engine/testing'
import { stoppedClock } from '#kernel/clock.ts'
import { modelOf } from '#model'
import { memoryStore } from '#store/testing'
import type { Ruleset } from '../definition.ts'
import { makeIdentity } from '../identity.ts'
import { identityMigrations } from '../records.ts'
import { putRows } from './people.ts'

const model = modelOf([])

/** The same e-mail first, then the same telephone number. */
export const emailAndPhone: Ruleset = {
  key: 'people',
  on: 'individual',
  match: [
    {
      key: 'email',
      label: 'Same e-mail',
      all: [{ object: 'contact_point_email', field: 'email_address', by: 'normalised' }],
    },
    {
      key: 'phone',
      all: [{ object: 'contact_point_phone', field: 'telephone_number', by: 'normalised' }],
    },
  ],
  reconcile: { default: 'last_updated' },
}

/** Somebody with an e-mail address, a telephone number or both. */
interface MadePerson {
  readonly email?: string
  readonly phone?: string
  readonly space?: string
  readonly stream?: string
}

/** Identity over people of one source, `crm`, with a note of what was written down. */
export async function houseOfPeople(ruleset: Ruleset = emailAndPhone) {
  const engine = await memoryEngine()
  const store = await memoryStore({ identity: identityMigrations })
  const notes: string[] = []
  const identity = makeIdentity({
    engine,
    store,
    clock: stoppedClock(new Date('2026-01-01T00:00:00Z')),
    model: async () => model,
    rulesets: async () => [ruleset],
    record: async (caller, verb, subject) => notes.push(`${caller.name} ${verb} ${subject}`),
  })
  return {
    engine,
    store,
    identity,
    model,
    notes,
    /** People by their ids, each with an e-mail address, a telephone number or both. */
    put: (people: Readonly<Record<string, MadePerson>>) => putPeople(engine, people),
  }
}

async function putPeople(
  engine: Awaited<ReturnType<typeof memoryEngine>>,
  people: Readonly<Record<string, MadePerson>>,
): Promise<void> {
  const all = Object.entries(people).map(([id, of]) => ({
    ...of,
    row: { id, space: of.space ?? 'default', stream: of.stream ?? 'crm' },
  }))
  await putRows(
    engine,
    model,
    'individual',
    all.map(({ row }) => ({ ...row, last_name: row.id })),
  )
  await putRows(
    engine,
    model,
    'contact_point_email',
    all.flatMap(({ row, email }) =>
      email === undefined ? [] : [{ ...row, individual_id: row.id, email_address: email }],
    ),
  )
  await putRows(
    engine,
    model,
    'contact_point_phone',
    all.flatMap(({ row, phone }) =>
      phone === undefined ? [] : [{ ...row, individual_id: row.id, telephone_number: phone }],
    ),
  )
}
