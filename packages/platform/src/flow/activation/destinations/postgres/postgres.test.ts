import { afterAll, describe, expect, test } from 'vitest'
import { reaching, startPostgres, withoutPostgres } from '#connectors/testing'
import { systemClock } from '#kernel/clock.ts'
import type { Batch, PayloadRow } from '../../destination.ts'
import {
  atEase,
  describeDestination,
  lookedAt,
  sampleBatch,
} from '../../testing/destination-contract.ts'
import { postgres } from './postgres.ts'

const server = withoutPostgres ? undefined : await startPostgres()
afterAll(() => server?.stop())
const leftOut = withoutPostgres ? ` (left out: ${withoutPostgres})` : ''

let tables = 0

function arrange(more: Readonly<Record<string, unknown>> = {}) {
  if (!server) throw new Error(withoutPostgres)
  const table = `members_${++tables}`
  let isDown = false
  const real = reaching([`127.0.0.1:${server.port}`, '127.0.0.1:1'], { pass: 'pass' })
  const network = {
    ...real.network,
    connect: (to: Parameters<typeof real.network.connect>[0]) =>
      real.network.connect(isDown ? { ...to, port: 1 } : to),
  }
  const login = { host: '127.0.0.1', port: server.port, database: 'postgres', user: 'owner' }
  const settings = { ...login, password: { secret: 'pass' }, table, create: true, ...more }
  const tools = {
    network,
    secret: real.secret,
    folders: { base: '/nowhere', allowed: [] },
    clock: systemClock,
    parquet: () => {
      throw new Error('no Parquet is written')
    },
  }
  const run = server.run
  return {
    table,
    settings,
    tools,
    run,
    deliver: (batch: Batch) =>
      postgres.deliver(batch, settings, {
        ...atEase,
        ...tools,
        signal: AbortSignal.timeout(10_000),
      }),
    ids: async () =>
      (await run(`select profile_id from ${table} order by profile_id`)).map(([id]) => String(id)),
    breakDown: async () => {
      isDown = true
    },
    mend: async () => {
      isDown = false
    },
    close: async () => {},
  }
}

// A column has one type.
const asText = (row: PayloadRow): PayloadRow => {
  const value = row['Some value']
  return { ...row, 'Some value': value === null || value === undefined ? null : String(value) }
}

/** The contract speaks of what arrived; a table holds who is there, so here those who came. */
async function arrangeContract() {
  const scene = arrange()
  const arrived = async (): Promise<readonly PayloadRow[]> => {
    const [[there] = []] = await scene.run(`select to_regclass('${scene.table}') is not null`)
    if (there !== true) return []
    const rows = await scene.run(
      `select to_jsonb(t) - 'tessera_activation' - 'tessera_position' from ${scene.table} t
       order by profile_id collate "C"`,
    )
    return rows.map(([row]) => row as PayloadRow)
  }
  const expected = (rows: readonly PayloadRow[]) => {
    const there = rows.filter(({ change }) => change !== 'left')
    const byId = new Map(there.map(({ change: _, ...row }) => [String(row['profile_id']), row]))
    return [...byId].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row)
  }
  return { ...scene, arrived, expected, dress: asText }
}

describe.skipIf(leftOut)(`a table of PostgreSQL${leftOut}`, () => {
  describeDestination(postgres, arrangeContract)

  const change = (change: string, id: string, more: PayloadRow = {}): PayloadRow => ({
    profile_id: id,
    change,
    ...more,
  })
  const cut = (to: number, rows: readonly PayloadRow[], more: Partial<Batch> = {}) =>
    sampleBatch(rows, { id: `vips_to_shop:${to - 1}:${to}:1`, from: to - 1, to, ...more })

  test('who comes is inserted, who changes is updated, who leaves is deleted', async () => {
    const { deliver, run, table } = arrange()
    await deliver(
      cut(1, [change('entered', '1', { name: 'Ada' }), change('entered', '2', { name: 'Bob' })]),
    )
    await deliver(
      cut(2, [change('updated', '1', { name: 'Ada L.' }), change('left', '2', { name: 'Bob' })]),
    )
    expect(
      await run(`select profile_id, name, tessera_activation, tessera_position from ${table}`),
    ).toEqual([['1', 'Ada L.', 'vips_to_shop', '2']])
  })

  test('what happened to somebody is written down with its change, and takes no other row away', async () => {
    const { deliver, run, table } = arrange({ key: 'event' })
    const happened = (to: number, row: PayloadRow) => deliver(cut(to, [row], { holds: 'a firing' }))
    await happened(1, change('entered', '1', { event: 'a' }))
    await happened(2, change('left', '1', { event: 'b' }))
    expect(await run(`select profile_id, event, change from ${table} order by event`)).toEqual([
      ['1', 'a', 'entered'],
      ['1', 'b', 'left'],
    ])
    // A table of somebody else's that has no such column is filled as it is.
    const plain = arrange({ create: false })
    await run(`create table ${plain.table}
      (profile_id text primary key, tessera_activation text, tessera_position bigint)`)
    await plain.deliver(cut(1, [change('left', '1')], { holds: 'a firing' }))
    expect(await plain.ids()).toEqual(['1'])
  })

  test('columns have the types of the values', async () => {
    const { deliver, run, table } = arrange()
    const types = {
      n: 'integer',
      d: 'decimal',
      x: 'number',
      b: 'boolean',
      day: 'date',
      at: 'timestamp',
      items: 'json',
    } as const
    const row = change('entered', '1', {
      n: '9007199254740993',
      d: 12.5,
      x: 0.1,
      b: true,
      day: '2026-01-02',
      at: '2026-01-02T03:04:05.000Z',
      items: [{ a: "o'hara" }],
    })
    await deliver(cut(1, [row], { types }))
    expect(
      await run(
        `select n::text, d::text, x, b, day::text, extract(epoch from at)::bigint::text, items->0->>'a' from ${table}`,
      ),
    ).toEqual([
      [
        '9007199254740993',
        '12.5',
        0.1,
        true,
        '2026-01-02',
        String(Date.parse('2026-01-02T03:04:05Z') / 1000),
        "o'hara",
      ],
    ])
  })

  test('of everything, who is not there any more is deleted with the batch that completes it', async () => {
    const { deliver, ids } = arrange()
    const everything = (to: number, number: number, people: readonly string[], isLast = false) =>
      cut(
        to,
        people.map((profile_id) => ({ profile_id })),
        {
          id: `vips_to_shop:0:${to}:${number}`,
          send: 'everything',
          number,
          of: 2,
          isLast,
          columns: ['profile_id'],
        },
      )
    await deliver(everything(1, 1, ['1', '2']))
    await deliver(everything(1, 2, ['3'], true))
    await deliver(everything(2, 1, ['1', '4']))
    expect(await ids()).toEqual(['1', '2', '3', '4'])
    await deliver(everything(2, 2, ['5']))
    expect(await ids()).toEqual(['1', '2', '3', '4', '5'])
    await deliver(everything(2, 3, ['6'], true))
    expect(await ids()).toEqual(['1', '4', '5', '6'])
  })

  test('what was given up and comes late changes nothing that is newer', async () => {
    const { deliver, run, table } = arrange()
    await deliver(cut(2, [change('entered', '1', { name: 'new' })]))
    await deliver(cut(1, [change('entered', '1', { name: 'old' })]))
    await deliver(cut(1, [change('left', '1', { name: 'old' })], { id: 'vips_to_shop:0:1:2' }))
    expect(await run(`select name from ${table}`)).toEqual([['new']])
  })

  test("a key of one's own: members are found by it, and go when it changes", async () => {
    const { deliver, run, table } = arrange({ key: 'mail' })
    await deliver(
      cut(1, [
        change('entered', '1', { mail: 'a@x.test' }),
        change('entered', '2', { mail: null }),
      ]),
    )
    await deliver(cut(2, [change('updated', '1', { mail: 'b@x.test' })]))
    expect(await run(`select mail from ${table}`)).toEqual([['b@x.test']])
    await deliver(cut(3, [change('left', '1', { mail: null })]))
    expect(await run(`select mail from ${table}`)).toEqual([])
  })

  test('a table is not made, nor changed, unless that is allowed', async () => {
    const { deliver, run, table } = arrange({ create: false })
    const batch = cut(1, [change('entered', '1', { name: 'Ada' })])
    await expect(deliver(batch)).rejects.toMatchObject({
      code: 'activation.missing_columns',
      status: 422,
    })
    await run(
      `create table ${table} (profile_id text primary key, name text, tessera_activation text, tessera_position bigint)`,
    )
    expect(await deliver(batch)).toEqual({ result: 'sent' })
    const more = cut(2, [change('entered', '1', { name: 'Ada', city: 'Delft' })])
    await expect(deliver(more)).rejects.toThrow('lacks city')
  })

  test('a batch that fails in the middle leaves nothing', async () => {
    const { deliver, ids } = arrange()
    await deliver(cut(1, [change('entered', '1')]))
    const rows = async function* () {
      yield [change('entered', '2')]
      throw new TypeError('the store is gone')
    }
    await expect(deliver(cut(2, [change('entered', '2')], { rows }))).rejects.toThrow(
      'the store is gone',
    )
    expect(await ids()).toEqual(['1'])
    await deliver(cut(2, [change('entered', '2')]))
    expect(await ids()).toEqual(['1', '2'])
  })

  test.each([
    ['a wrong password', { password: { secret: 'wrong' } }, 'authentication failed'],
    ['an unknown database', { database: 'nowhere' }, 'does not exist'],
  ])('%s is refused in the words of the database', async (_, more, say) => {
    const { tools, settings } = arrange(more)
    const secret = async () => (say.startsWith('auth') ? 'not this' : 'pass')
    const delivering = postgres.deliver(sampleBatch([change('entered', '1')]), settings, {
      ...atEase,
      ...tools,
      secret,
      signal: AbortSignal.timeout(40_000),
    })
    await expect(delivering).rejects.toMatchObject({
      code: 'activation.database_refused',
      message: expect.stringContaining(say),
    })
  })

  test('a private address is refused', async () => {
    const { tools, settings } = arrange({ host: '10.0.0.1' })
    const delivering = postgres.deliver(sampleBatch([change('entered', '1')]), settings, {
      ...atEase,
      ...tools,
      signal: AbortSignal.timeout(40_000),
    })
    await expect(delivering).rejects.toMatchObject({ code: 'outgoing.private_address' })
  })

  test('a test of the connection reads rights and keys, and makes nothing', async () => {
    const { settings, tools, run, table } = arrange()
    const look = (more: object = {}) =>
      lookedAt(
        postgres.test({ ...settings, ...more }, { ...tools, signal: AbortSignal.timeout(10_000) }),
      )
    expect(await look()).toContain(`public.${table} is not there yet and can be made`)
    await expect(look({ create: false })).rejects.toThrow(`there is no table public.${table}`)
    await expect(look({ schema: 'nowhere' })).rejects.toThrow('there is no schema nowhere')
    expect(await run(`select to_regclass('${table}') is null`)).toEqual([[true]])
    await run(`create table ${table} (profile_id text)`)
    await expect(look({ create: false })).rejects.toThrow('lacks tessera_activation')
    await expect(look()).rejects.toThrow('no unique index')
    await run(`create unique index on ${table} (profile_id)`)
    expect(await look()).toContain(`public.${table} can be read and changed`)
    await run(`create role reader_${table} login password 'pass'`)
    await run(`grant select on ${table} to reader_${table}`)
    await expect(look({ user: `reader_${table}` })).rejects.toThrow(
      'no right to insert, update, delete',
    )
  })
})
