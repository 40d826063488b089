import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type PostgresServer, startPostgres, withoutPostgres } from '#connectors/testing'
import { isLong } from '#kernel/testing/long.ts'
import { type Receiver, startReceiver } from '#outgoing/testing'
import { ask, type Duck } from './duck.ts'
import { makeWorld, type World } from './world.ts'

// Rows without a key from files, a web API and databases, while the process is ended without warning and the sources grow: in the
// end every row is there exactly as often as in its source.

const kills = isLong ? 30 : 3
// Printed with every failure, so that a run can be repeated.
const seed = Math.floor(Math.random() * 2 ** 31)

function randomFrom(start: number): () => number {
  let state = start
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}
const random = randomFrom(seed)

/** So few values that most rows have equals, in other files and parts as well. */
const newRow = (): readonly [who: string, n: number] => [
  `w${Math.floor(random() * 400)}`,
  Math.floor(random() * 5),
]

const pageSize = 1000
const list: { who: string; n: number }[] = []
let pages = 0
let onPage = () => {}
let api: Receiver
let postgres: PostgresServer | undefined
let world: World
let database: DatabaseSync

beforeAll(async () => {
  api = await startReceiver((request, response) => {
    pages++
    onPage()
    const offset = Number(new URL(request.url ?? '', 'http://api').searchParams.get('offset'))
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ data: list.slice(offset, offset + pageSize) }))
  })
  postgres = withoutPostgres === '' ? await startPostgres() : undefined
  await postgres?.run('create table visits (who text, n integer, id serial)')
  const places = [api, ...(postgres ? [postgres] : [])]
  world = makeWorld({
    TESSERA_ALLOW_PRIVATE: places.map(({ port }) => `127.0.0.1:${port}`).join(','),
  })
  world.write('sources/.keep', '')
  database = new DatabaseSync(join(world.folder, 'sources/app.db'))
  database.exec('create table steps (who text, n integer, at integer)')
  world.write('definitions/all.yaml', definitions())
  if (postgres) await world.feed('pass', 'secret-set', 'owner')
  await world.tessera('apply')
}, 120_000)
afterAll(async () => {
  database.close()
  await world.remove()
  await postgres?.stop()
  await api.close()
})

const stream = (key: string, connection: string, source: string) => `---
{ kind: stream, key: ${key}, connection: ${connection}, mode: append, category: engagement, source: ${source},
  fields: { who: { type: text }, n: { type: integer } } }
`

const definitions =
  () => `{ kind: connection, key: files, connector: files, settings: { folder: sources } }
---
{ kind: connection, key: api, connector: http, settings: { base_url: 'http://127.0.0.1:${api.port}' } }
---
{ kind: connection, key: app, connector: sqlite, settings: { folder: sources, file: app.db } }
${stream('clicks', 'files', "{ path: 'clicks-*.csv' }")}
${stream('actions', 'api', `{ path: /actions, records: data, paging: { kind: offset, offset_param: offset, limit_param: limit, limit: ${pageSize} } }`)}
${stream('steps', 'app', '{ table: steps, cursor: at, overlap: 50 }')}
${postgres ? postgresDefinitions(postgres) : ''}`

const postgresDefinitions = ({ port }: PostgresServer) => `---
{ kind: connection, key: shop, connector: postgres,
  settings: { host: 127.0.0.1, port: ${port}, database: postgres, user: owner, password: { secret: owner }, tls: 'off' } }
${stream('visits', 'shop', '{ table: visits, columns: [who, n] }')}
${stream('looks', 'shop', '{ table: visits, columns: [who, n], cursor: id }')}`

let steps = 0
let files = 0

/** All sources grow: a new file, the one before it, the list at its beginning, the tables. */
async function grow(): Promise<void> {
  const lines = (count: number) =>
    Array.from({ length: count }, () => `${newRow().join(',')}\n`).join('')
  if (files > 0)
    appendFileSync(
      join(world.folder, `sources/clicks-${files - 1}.csv`),
      `${lines(500)}broken,one,${files}\n`,
    )
  world.write(`sources/clicks-${files++}.csv`, `who,n\n${lines(8000)}broken,one,too\n`)
  list.unshift(
    ...Array.from({ length: 4000 }, () => {
      const [who, n] = newRow()
      return { who, n }
    }),
  )
  const insert = database.prepare('insert into steps values (?, ?, ?)')
  database.exec('begin')
  for (let i = 0; i < 4000; i++) {
    const [who, n] = newRow()
    // Some come late, within the overlap.
    insert.run(who, n, Math.floor(++steps / 40) - Math.floor(random() * 3))
  }
  database.exec('commit')
  await postgres?.run(`insert into visits (who, n)
    select 'w' || floor(random() * 400), floor(random() * 5) from generate_series(1, 6000)`)
}

/** Runs until it is killed: a while after it was started, or as soon as it has asked for some page. */
async function killedRun(tookMs: number): Promise<void> {
  const run = world.start('run')
  const isOver = { yet: false }
  const ended = run.ended.then(() => {
    isOver.yet = true
  })
  if (random() < 0.5) await Promise.race([ended, sleep(random() * tookMs)])
  else {
    const [before, after] = [pages, Math.floor(random() * 5)]
    await Promise.race([
      ended,
      new Promise<void>((resolve) => {
        onPage = () => {
          if (pages - before > after) resolve()
        }
      }),
    ])
    await Promise.race([ended, sleep(random() * 400)])
  }
  onPage = () => {}
  if (!isOver.yet) await run.kill()
}

/** How many runs of streams were cut, as their history says. */
function interrupted(): number {
  const store = new DatabaseSync(join(world.data, 'store.sqlite'), { readOnly: true })
  try {
    const row = store
      .prepare(`select count(*) as n from stream_run where state in ('interrupted', 'running')`)
      .get()
    return Number(row?.['n'])
  } finally {
    store.close()
  }
}

test(`killed ${kills} times while rows without a key are pulled (seed ${seed})`, {
  timeout: 120_000 + kills * 40_000,
}, async () => {
  await grow()
  const since = Date.now()
  await world.tessera('run')
  const tookMs = Date.now() - since
  for (let i = 0; i < kills || (interrupted() === 0 && i < 5 * kills); i++) {
    await grow()
    await killedRun(tookMs)
  }
  expect(interrupted()).toBeGreaterThan(0)
  await world.tessera('run')
  // Once more, as nothing has changed since.
  await world.tessera('run')

  const [actions, stepsFile] = [
    world.write('expected/actions.json', JSON.stringify(list)),
    world.write(
      'expected/steps.json',
      JSON.stringify(database.prepare('select who, n from steps').all()),
    ),
  ]
  await ask(world, async (duck) => {
    const csv = `read_csv('${world.folder}/sources/clicks-*.csv', columns = {who: 'varchar', n: 'bigint'}, header = true, ignore_errors = true)`
    await same(duck, 'clicks', `select who, n from ${csv}`)
    await same(duck, 'actions', `select who, n from read_json('${actions}')`)
    await same(duck, 'steps', `select who, n from read_json('${stepsFile}')`)
    if (postgres) {
      const rows = await postgres.run('select who, n from visits')
      const visits = world.write(
        'expected/visits.json',
        JSON.stringify(rows.map(([who, n]) => ({ who, n }))),
      )
      for (const one of ['visits', 'looks'])
        await same(duck, one, `select who, n from read_json('${visits}')`)
    }
    const [rejected] = await duck.rows(
      `select count(*)::integer as n, count(distinct fingerprint || raw)::integer as lines from t.lake._rejected`,
    )
    expect(rejected).toEqual({ n: 2 * files - 1, lines: 2 * files - 1 })
    const unbalanced = await duck.rows(
      `select * from t.lake._batch where received <> stored + unchanged + rejected`,
    )
    expect(unbalanced).toEqual([])
  })
})

/** A stream holds every row as often as its source does, and its ledger says so. */
async function same(duck: Duck, key: string, source: string): Promise<void> {
  const held = `select who, n::bigint as n from t.lake.${key}`
  const wanted = `select who, n::bigint as n from (${source})`
  const differing = (a: string, b: string) =>
    duck.rows(`select who, n, count(*)::integer as times from (${a} except all ${b}) group by all`)
  expect({ key, lacking: await differing(wanted, held) }).toEqual({ key, lacking: [] })
  expect({ key, doubled: await differing(held, wanted) }).toEqual({ key, doubled: [] })
  const { stored, there } = await duck.one(`select sum(stored)::integer as stored,
    (select count(*)::integer from t.lake.${key}) as there from t.lake._batch where stream = '${key}'`)
  expect(stored).toBe(there)
}
