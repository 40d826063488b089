import { spawnSync } from 'node:child_process'
import {
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { noDisk, smallDisk } from '#kernel/testing/small-disk.ts'
import { ask } from './duck.ts'
import { type Receiver, startReceiver } from './receiver.ts'
import { type Ended, makeWorld, type Server, type World, worldOfTest } from './world.ts'

// What is wrong is told once, clearly, with a code that the list of faults explains; and nothing half-done stays.

const listed = readFileSync(join(import.meta.dirname, '../../../docs/faults.md'), 'utf8')

/** Expects a refusal: exit code 1, these words, a listed code, and no trace of the program's inside. */
function expectRefusal({ code, stdout, stderr }: Ended, fault: string, ...words: RegExp[]): void {
  const said = stdout + stderr
  for (const word of words) expect(said).toMatch(word)
  expect(said).toContain(`[${fault}]`)
  expect(said).not.toMatch(/^\s+at .*:\d+|mistake in the program|is a bug/m)
  for (const [, found = ''] of said.matchAll(/\[([a-z]+\.[a-z_]+)\]$/gm))
    expect(listed).toContain(`\n## ${found}\n`)
  expect(code).toBe(1)
}

const source = `kind: connection
key: files
connector: files
settings: { folder: sources }
`
const stream = (key: string, more = '') => `kind: stream
key: ${key}
connection: files
source: { path: ${key}.csv${more} }
mode: upsert
primary_key: [id]
category: profile
`
const people = [
  source,
  stream('people'),
  `kind: mapping
key: people
stream: people
qualifier: shop
objects:
  - object: individual
    fields: { id: id, first_name: first_name, last_name: last_name }
  - object: contact_point_email
    fields: { id: id, individual_id: id, email_address: email }
`,
  `kind: ruleset
key: people
on: individual
match:
  - { key: email, all: [{ object: contact_point_email, field: email_address, by: normalised }] }
reconcile: { default: last_updated }
`,
  `kind: segment
key: everyone
label: Everyone
on: individual
include: { field: last_name, op: is_filled }
`,
].join('---\n')

const rows = `id,first_name,last_name,email
1,Ada,Byron,ada@example.com
2,Grace,Hopper,grace@example.com
3,Grace,Hopper,GRACE@example.com
`

describe('a server that runs', () => {
  let world: World
  let server: Server
  let receiver: Receiver

  beforeAll(async () => {
    receiver = await startReceiver((n) => (n <= 2 ? 500 : 204))
    world = makeWorld({ TESSERA_ALLOW_PRIVATE: receiver.address })
    world.write('sources/people.csv', rows)
    world.write('definitions/people.yaml', people)
    server = await world.serve()
    await world.tessera('apply')
    await world.tessera('run')
  }, 120_000)
  afterAll(async () => {
    await world.remove()
    await receiver.close()
  })

  const changes = async () => (await server.call('GET', '/changes')) as readonly unknown[]

  const define = (text: string) =>
    server.call('POST', '/definitions/apply', { files: [{ file: 'more.yaml', text }] })

  /** Applies one more file, which has to be refused and to leave everything as it was. */
  async function refuses(text: string, fault: string, ...words: RegExp[]) {
    const before = await changes()
    const folder = mkdtempSync(join(world.folder, 'bad-'))
    writeFileSync(join(folder, 'bad.yaml'), text)
    expectRefusal(await world.attempt('apply', folder), fault, ...words)
    expect(await changes()).toEqual(before)
  }

  /** Runs a stream that has to fail, alone; what it held before stays. */
  async function failsToLoad(key: string, fault: string, ...words: RegExp[]) {
    expectRefusal(await world.attempt('run', `stream:${key}`), fault, ...words)
    const { rows: held } = (await server.call('GET', `/streams/${key}`)) as { rows: number }
    expect(held).toBe(0)
    expect(readdirSync(join(world.data, 'spool'))).toEqual([])
  }

  test('a file that is not there', async () => {
    await define(stream('gone'))
    await failsToLoad('gone', 'connectors.no_such_file', /gone\.csv/, /people\.csv/)
  })

  /** Sends a file to the ingestion API, and waits until it is loaded. */
  async function sendFile(sourceName: string, object: string, content: string): Promise<void> {
    const asked = { object, sourceName, operation: 'upsert' }
    // The endpoints answer with these shapes; see the data-cloud wire.
    const { id } = (await server.call('POST', '/v1/ingest/jobs', asked)) as { id: string }
    const { status } = await fetch(`${server.address}/api/v1/ingest/jobs/${id}/batches`, {
      method: 'PUT',
      headers: {
        authorization: `Bearer ${readFileSync(join(world.data, 'token'), 'utf8').trim()}`,
        'content-type': 'text/csv',
      },
      body: content,
    })
    expect(status).toBe(202)
    await server.call('PATCH', `/v1/ingest/jobs/${id}`, { state: 'UploadComplete' })
    const stateOf = async () =>
      ((await server.call('GET', `/v1/ingest/jobs/${id}`)) as { state: string }).state
    await expect.poll(stateOf, { timeout: 60_000 }).toBe('JobComplete')
  }

  test('values that do not fit, in records and in files of the ingestion API, stand beside columns of any name', async () => {
    await define(`kind: connection
key: erp
connector: ingest_api
settings:
  objects:
    deals:
      category: profile
      primary_key: [DealId]
      fields: { DealId: { type: text }, dealSize: { type: number } }
---
kind: stream
key: deals
connection: erp
source: { object: deals }
mode: upsert
primary_key: [deal_id]
category: profile
`)
    const deals = '/v1/ingest/sources/erp/deals'
    const records = [1, 2].map((n) => ({ DealId: `r${n}`, dealSize: n / 4 }))
    await server.call('POST', deals, { data: records })
    await server.call('DELETE', `${deals}?ids=r2`)
    await expect(
      server.call('POST', deals, { data: [{ DealId: 'r3', dealSize: 'much' }] }),
    ).rejects.toThrow(/expected type: Number/)
    await sendFile('erp', 'deals', 'DealId,dealSize\nf1,1.5\nf2,nan\nf3,1e999\nf4,much\n')
    const kept = async () =>
      (
        (await server.call('POST', '/query', {
          sql: 'select * from lake.deals order by deal_id',
        })) as { rows: unknown }
      ).rows
    await expect.poll(kept, { timeout: 60_000 }).toEqual([
      { deal_id: 'f1', deal_size: 1.5, deal_size__text: null },
      { deal_id: 'f2', deal_size: null, deal_size__text: 'nan' },
      { deal_id: 'f3', deal_size: null, deal_size__text: '1e999' },
      { deal_id: 'f4', deal_size: null, deal_size__text: 'much' },
      { deal_id: 'r1', deal_size: 0.25, deal_size__text: null },
    ])
  })

  test('of the ingestion API, a key comes once by files and records, and parts of records are merged', async () => {
    await define(`kind: connection
key: shop
connector: ingest_api
settings:
  objects:
    visits:
      category: profile
      primary_key: [Id]
      fields: { Id: { type: text }, Page: { type: text } }
    persons:
      category: profile
      primary_key: [Id]
      fields: { Id: { type: text }, Name: { type: text }, Age: { type: number } }
---
kind: stream
key: visits
connection: shop
source: { object: visits }
mode: append
primary_key: [id]
category: other
---
kind: stream
key: persons
connection: shop
source: { object: persons }
mode: merge
primary_key: [id]
category: profile
`)
    const rowsOf = async (sql: string) =>
      ((await server.call('POST', '/query', { sql })) as { rows: unknown }).rows
    const send = (object: string, data: readonly object[]) =>
      server.call('POST', `/v1/ingest/sources/shop/${object}`, { data })
    const visits = () => rowsOf('select id, page from lake.visits order by id')
    await sendFile('shop', 'visits', 'Id,Page\na,file\n')
    await send(
      'visits',
      ['a', 'b'].map((Id) => ({ Id, Page: 'record' })),
    )
    const expected = [
      { id: 'a', page: 'file' },
      { id: 'b', page: 'record' },
    ]
    await expect.poll(visits, { timeout: 60_000 }).toEqual(expected)
    await sendFile('shop', 'visits', 'Id,Page\nb,file\nc,file\n')
    expect(await visits()).toEqual([...expected, { id: 'c', page: 'file' }])

    await send('persons', [
      { Id: 'p', Name: 'Ada', Age: 36 },
      { Id: 'p', Age: 37 },
    ])
    await expect
      .poll(() => rowsOf('select id, name, age from lake.persons'), { timeout: 60_000 })
      .toEqual([{ id: 'p', name: 'Ada', age: 37 }])
    await expect(send('persons', [{ Name: 'nobody' }])).rejects.toThrow(/required key \[Id\]/)
    expect(await server.call('GET', '/streams/visits')).toMatchObject({
      ledger: { received: 5, stored: 3, duplicate: 1, unchanged: 1 },
    })
  })

  test('a file in an encoding that cannot be read', async () => {
    world.write(
      'sources/strange.csv',
      Buffer.from('id,name\n1,Gr\xfc\xdfe\n2,\xff\xfe\n', 'latin1'),
    )
    await define(stream('strange', ', encoding: utf-8'))
    await failsToLoad('strange', 'connectors.unreadable_encoding', /byte 12 of strange\.csv/)
  })

  test('six mistakes in one file are all told, with their lines', async () => {
    const text = `kind: stream
key: orders
connection: filse
source: { path: orders.csv }
mode: upsert
category: engagement
---
kind: mapping
key: peple
stream: peple
qualifier: shop
objects:
  - object: individul
    fields: { id: id }
---
kind: segment
key: rich
label: Rich
on: individual
include: { field: incme, op: '>', value: 1 }
---
kind: colour
key: red
`
    await refuses(
      text,
      'kernel.several_problems',
      /^6 problems:/,
      /^bad\.yaml:3:\d+ .*filse.*files/m,
      /^bad\.yaml:1:\d+ .*primary_key/m,
      /^bad\.yaml:10:\d+ .*peple.*people/m,
      /^bad\.yaml:13:\d+ .*individul.*individual/m,
      /^bad\.yaml:20:\d+ .*incme/m,
      /^bad\.yaml:22:\d+ .*colour/m,
    )
  })

  test('text that is no YAML', () =>
    refuses('kind: stream\nkey: [a\n', 'definitions.bad_yaml', /bad\.yaml:\d+/))

  test('insights in a circle', () =>
    refuses(
      ['one', 'two']
        .map(
          (key, i) => `kind: insight
key: ${key}
label: ${key}
sql: select profile_id, count(*) as n from ${['two', 'one'][i]} group by profile_id
dimensions: [profile_id]
`,
        )
        .join('---\n'),
      'insights.circle',
      /one → two → one|two → one → two/,
    ))

  test('segments in a circle', () =>
    refuses(
      ['one', 'two']
        .map(
          (key, i) => `kind: segment
key: ${key}
label: ${key}
on: individual
include: { segment: ${['two', 'one'][i]} }
`,
        )
        .join('---\n'),
      'kernel.several_problems',
      /in a circle: one → two → one/,
      /in a circle: two → one → two/,
    ))

  test('a mapping to fields that are not there', async () => {
    const mapping = (fields: string) => `kind: mapping
key: people
stream: people
qualifier: shop
objects:
  - object: individual
    fields: { id: id, ${fields} }
`
    await refuses(
      mapping('frist_name: first_name'),
      'model.unknown_field',
      /frist_name.*first_name/,
    )
    await refuses(
      mapping('first_name: frist_name'),
      'query.unknown_column',
      /frist_name.*first_name/,
    )
  })

  test.each([
    ['select * from information_schema.tables', 'query.unknown_relation'],
    ["select * from read_csv('/etc/passwd')", 'query.not_allowed_function'],
    ["select * from '/etc/passwd'", 'query.unknown_relation'],
    ['select * from store.token', 'query.unknown_relation'],
    ['delete from unified_individual', 'query.not_a_select'],
    ["copy unified_individual to '/tmp/out.csv'", 'query.not_a_select'],
    ['select 1; drop table unified_individual', 'query.not_a_select'],
    ["select getenv('HOME')", 'query.not_allowed_function'],
    ['select nothing from unified_individual', 'query.unknown_column'],
    ['selct 1', 'query.syntax'],
  ])('the query %s', async (sql, fault) => {
    await expect(server.call('POST', '/query', { sql })).rejects.toThrow(`"code":"${fault}"`)
  })

  test('a query that is refused on the command line', async () => {
    const refused = await world.attempt('query', "select * from read_csv('/etc/passwd')")
    expectRefusal(refused, 'query.not_allowed_function', /read_csv/)
  })

  test('words that the command line does not know', async () => {
    expectRefusal(await world.attempt('rum'), 'cli.unknown_command', /did you mean.*run/)
    expectRefusal(await world.attempt('run', '--quick'), 'cli.bad_option', /--quick/)
    expectRefusal(await world.attempt('import', 'nowhere.csv'), 'cli.no_such_file', /nowhere\.csv/)
  })

  test('a second server on the same data folder is told who holds it', async () => {
    const { pid } = server.child
    const second = await world.attempt('serve', '--port', '0')
    expectRefusal(
      second,
      'store.folder_in_use',
      new RegExp(`${server.address} \\(process ${pid}\\)`),
    )
    expect(await server.call('GET', '/summary')).toMatchObject({ profiles: 2 })
  })

  test('a webhook that fails for a while is tried again and delivered once', async () => {
    await server.call('PUT', '/secrets/hook', {
      value: `whsec_${Buffer.alloc(32, 5).toString('base64')}`,
    })
    await define(
      `kind: destination
key: hook
type: webhook
settings: { url: '${receiver.url}', secret: { secret: hook } }
---
kind: activation
key: hook
segment: everyone
destination: hook
send: changes
attributes: [{ as: first_name, field: first_name }]
`,
    )
    await server.call('POST', '/run', {})
    const ledger = async () =>
      (await server.call('GET', '/activations/hook')) as { ledger: { delivered: number } }
    for (let i = 0; (await ledger()).ledger.delivered < 2 && i < 250; i++) await sleep(100)
    expect(await ledger()).toMatchObject({
      ledger: { queued: 2, delivered: 2, waiting: 0, dead: 0 },
    })
    expect(receiver.messages).toHaveLength(3)
    expect(new Set(receiver.messages.map(({ headers }) => headers['webhook-id'])).size).toBe(1)
    expect(new Set(receiver.messages.map(({ body }) => body)).size).toBe(1)
    expect([...receiver.accepted.values()].flatMap(({ members }) => members)).toHaveLength(2)
  })
})

describe('a data folder that is not as it was', () => {
  test('a damaged store, and one of a newer program', async () => {
    const world = worldOfTest()
    await world.tessera('status')
    const file = join(world.data, 'store.sqlite')
    const whole = readFileSync(file)

    writeSync(openSync(file, 'r+'), Buffer.alloc(4096, 'x'), 0, 4096, 0)
    expectRefusal(await world.attempt('status'), 'store.damaged', /restore the last backup/)

    writeFileSync(file, whole)
    const store = new DatabaseSync(file)
    store.exec('pragma user_version = 99')
    store.close()
    expectRefusal(await world.attempt('status'), 'store.too_new', /version 99/)

    writeFileSync(file, whole)
    await world.tessera('status')
  })

  test('damaged tables, and those of a newer program', async () => {
    const world = worldOfTest()
    await world.tessera('status')
    const file = join(world.data, 'tessera.duckdb')
    const whole = readFileSync(file)

    writeSync(openSync(file, 'r+'), Buffer.alloc(8192, 'x'), 0, 8192, 0)
    expectRefusal(await world.attempt('status'), 'engine.damaged', /restore the last backup/)

    writeFileSync(file, whole)
    await ask(world, (duck) => duck.rows('detach t'))
    await newerEngine(file)
    expectRefusal(await world.attempt('status'), 'engine.newer_files', /format 99/)
  })
})

async function newerEngine(file: string): Promise<void> {
  const { DuckDBInstance } = await import('@duckdb/node-api')
  const instance = await DuckDBInstance.create(file)
  const connection = await instance.connect()
  await connection.run('update engine.counter set format = 99')
  connection.closeSync()
  instance.closeSync()
}

describe.skipIf(noDisk !== '')(`a full disk${noDisk}`, () => {
  // More than is left on the disk and in tables, in values that do not compress.
  const count = 200_000
  const many = () => {
    const lines = ['id,first_name,last_name,email']
    for (let i = 1; i <= count; i++) {
      const noise = Math.imul(i, 2654435761) >>> 0
      lines.push(`${i},n${noise.toString(36)},m${(noise ^ i).toString(36)},${noise}@example.com`)
    }
    return lines.join('\n')
  }

  test('nothing half-done is kept, and all goes well once there is room', async () => {
    const disk = smallDisk(256)
    const world = worldOfTest({}, join(disk, 'data'))
    world.write('definitions/people.yaml', people)
    world.write('sources/people.csv', rows)
    await world.tessera('apply')
    await world.tessera('run')
    const file = many()
    world.write('sources/people.csv', file)
    const fileMegabytes = file.length / 1024 ** 2
    const ballast = join(disk, 'ballast')

    // The file has no room to arrive, and then its rows have none.
    for (const [freeMegabytes, fault] of [
      [fileMegabytes / 2, 'connectors.disk_full'],
      [fileMegabytes + 0.5, 'engine.disk_full'],
    ] as const) {
      fill(ballast, disk, freeMegabytes)
      const full = await world.attempt('run', 'stream:people')
      expect(full.stdout).toMatch(new RegExp(`the disk .*is full.*\\[${fault}\\]`))
      expectRefusal({ ...full, stderr: lastLine(full.stderr) }, 'cli.nodes_failed')
      expect(readdirSync(join(world.data, 'spool'))).toEqual([])
    }

    rmSync(ballast)
    await ask(world, async (duck) => {
      const held = await duck.one(`select (select count(*) from t.lake.people) as current,
        (select count(*) from t.lake.people__past) as past, (select count(*) from t.lake._batch) as batches`)
      expect(held).toEqual({ current: '3', past: '0', batches: '1' })
    })
    await world.tessera('run')
    await ask(world, async (duck) => {
      const held = await duck.one(`select (select count(*) from t.lake.people) as current,
        (select count(*) from t.unified.individual) as profiles,
        (select count(*) from t.segment.member) as members`)
      expect(held).toEqual({ current: `${count}`, profiles: `${count}`, members: `${count}` })
    })
  }, 120_000)

  const lastLine = (text: string) => text.trimEnd().split('\n').at(-1) ?? ''
})

/** Takes all room of a disk but a few megabytes. */
function fill(file: string, disk: string, leave: number): void {
  rmSync(file, { force: true })
  const { stdout } = spawnSync('df', ['--output=avail', '-k', disk], { encoding: 'utf8' })
  const freeKilobytes = Number(stdout.split('\n')[1])
  writeFileSync(file, Buffer.alloc(Math.floor(freeKilobytes - leave * 1024) * 1024))
}
