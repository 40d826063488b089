import { createHash, randomBytes } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { AwsClient } from 'aws4fetch'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import {
  type BucketServer,
  reaching,
  type SshServer,
  startBuckets,
  startSsh,
  withoutBuckets,
  withoutSsh,
} from '#connectors/testing'
import { openDuckdb, sql } from '#engine'
import { systemClock } from '#kernel/clock.ts'
import type { Batch, DeliveryTools, PayloadRow } from '../../destination.ts'
import { parquetWriter } from '../../parquet.ts'
import { atEase, describeDestination, sampleBatch } from '../../testing/destination-contract.ts'
import { nowhere } from '../../testing/house.ts'
import { file } from './file.ts'

const signal = () => AbortSignal.timeout(20_000)
const nothingWritten = () => {
  throw new Error('no Parquet is written')
}

interface Manifest {
  readonly rows: number
  readonly files: readonly { file: string; rows: number; bytes: number; sha256: string }[]
}

/** Delivers into a folder of this machine, and reads what is there. */
async function deliver(batch: Batch, settings: object, parquet?: DeliveryTools['parquet']) {
  const base = mkdtempSync(join(tmpdir(), 'tessera-out-'))
  onTestFinished(() => rmSync(base, { recursive: true }))
  const tools: DeliveryTools = {
    ...atEase,
    network: nowhere,
    secret: nowhere.send,
    folders: { base, allowed: [] },
    clock: systemClock,
    parquet: parquet ?? nothingWritten,
    signal: signal(),
  }
  const outcome = await file.deliver(batch, { folder: 'x', format: 'csv', ...settings }, tools)
  expect(outcome).toEqual({ result: 'sent' })
  const read = (name: string) => readFileSync(join(base, 'x', name))
  const names = readdirSync(join(base, 'x')).sort()
  const last = names.find((name) => name.endsWith('.manifest.json')) ?? ''
  const manifest = JSON.parse(read(last).toString()) as Manifest
  for (const one of manifest.files) {
    expect(createHash('sha256').update(read(one.file)).digest('hex')).toBe(one.sha256)
    expect(read(one.file).length).toBe(one.bytes)
  }
  return { names, read, manifest, path: (name: string) => join(base, 'x', name) }
}

const people = (count: number): readonly PayloadRow[] =>
  Array.from({ length: count }, (_, i) => ({ profile_id: String(i), change: 'entered' }))

test('more members than fit into one file make several, and the manifest names them all', async () => {
  const { names, read, manifest } = await deliver(sampleBatch(people(7)), {
    rows_per_file: 3,
    name: '{activation}-{date}-{time}-{position}',
  })
  const name = 'vips_to_shop-2026-02-03-23-00-00-57'
  expect(names).toEqual([`${name}-2.csv`, `${name}-3.csv`, `${name}.csv`, `${name}.manifest.json`])
  expect(manifest.files.map(({ file, rows }) => [file, rows])).toEqual([
    [`${name}.csv`, 3],
    [`${name}-2.csv`, 3],
    [`${name}-3.csv`, 1],
  ])
  const lines = manifest.files.map(({ file }) => read(file).toString().split('\r\n').slice(1, -1))
  expect(lines.flat()).toEqual(people(7).map(({ profile_id }) => `${profile_id},entered`))
})

test('a file that just fits is one file, and nobody at all is one too', async () => {
  expect((await deliver(sampleBatch(people(3)), { rows_per_file: 3 })).manifest.files).toHaveLength(
    1,
  )
  const { manifest } = await deliver(sampleBatch([]), { rows_per_file: 3 })
  expect(manifest.files).toMatchObject([{ rows: 0 }])
})

test.each(['csv', 'json'])('zipped %s is what it is unzipped', async (format) => {
  const plain = await deliver(sampleBatch(people(9)), { format })
  const zipped = await deliver(sampleBatch(people(9)), { format, compression: 'gzip' })
  const [one, other] = [plain.manifest.files[0]?.file ?? '', zipped.manifest.files[0]?.file ?? '']
  expect(other).toBe(`${one}.gz`)
  expect(gunzipSync(zipped.read(other))).toEqual(plain.read(one))
})

test('Parquet keeps types, large numbers, lists and what is nothing', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tessera-engine-'))
  const engine = await openDuckdb({ folder, threads: 1 })
  onTestFinished(async () => {
    await engine.close()
    rmSync(folder, { recursive: true })
  })
  const rows: readonly PayloadRow[] = [
    {
      profile_id: '1152921504606846977',
      'First name': 'Zoë "日本"',
      n: '9007199254740993',
      d: 1.5,
      sum: '12345678901234.5678',
      on: '2026-01-02',
      items: [{ a: 1 }],
    },
    {
      profile_id: '1152921504606846978',
      'First name': null,
      n: null,
      d: null,
      sum: 1.25,
      on: null,
      items: [],
    },
  ]
  const types = { n: 'integer', d: 'number', sum: 'decimal', on: 'date', items: 'json' } as const
  const columns = Object.keys(rows[0] ?? {})
  const parquet = parquetWriter({ engine, folder: join(folder, 'scratch') })
  const { manifest, path, read } = await deliver(
    sampleBatch(rows, { types, columns }),
    { format: 'parquet' },
    parquet,
  )
  expect(readdirSync(join(folder, 'scratch'))).toEqual([])
  const [written] = manifest.files
  expect(written?.file).toMatch(/\.parquet$/)
  expect(
    read(written?.file ?? '')
      .subarray(0, 4)
      .toString(),
  ).toBe('PAR1')
  // The oracle: another engine, which may read everything, on the file itself.
  const { DuckDBInstance } = await import('@duckdb/node-api')
  const other = await (await DuckDBInstance.create(':memory:')).connect()
  const found = await other.runAndReadAll(`select * from '${path(written?.file ?? '')}'`)
  expect(found.columnNames()).toEqual(columns)
  expect(found.columnTypes().map(String)).toEqual([
    'VARCHAR',
    'VARCHAR',
    'BIGINT',
    'DOUBLE',
    'DECIMAL(18,4)',
    'DATE',
    'VARCHAR',
  ])
  expect(found.getRowsJson()).toEqual([
    [
      '1152921504606846977',
      'Zoë "日本"',
      '9007199254740993',
      1.5,
      '12345678901234.5678',
      '2026-01-02',
      '[{"a":1}]',
    ],
    ['1152921504606846978', null, null, null, '1.2500', null, '[]'],
  ])
  expect(await engine.rows(sql`select 1 as one`)).toEqual([{ one: 1 }])
  // What no try can put right says which column it is, and is not tried again.
  const beyond = sampleBatch([{ profile_id: '1', sum: '1.23456' }], { types, columns: ['sum'] })
  await expect(deliver(beyond, { format: 'parquet' }, parquet)).rejects.toMatchObject({
    code: 'activation.not_of_type',
    status: 422,
    message: expect.stringContaining('"sum" cannot be written as decimal in Parquet: 1.23456'),
  })
  expect(readdirSync(join(folder, 'scratch'))).toEqual([])
})

const linesOf = (text: string) =>
  text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as PayloadRow)

const noBuckets = withoutBuckets === '' ? '' : ` (left out: ${withoutBuckets})`
describe.skipIf(noBuckets)(`files in a bucket${noBuckets}`, () => {
  let server: BucketServer
  beforeAll(async () => {
    server = await startBuckets('shop')
  })
  afterAll(() => server.stop())

  const client = () =>
    new AwsClient({
      accessKeyId: server.keys.id,
      secretAccessKey: server.keys.secret,
      service: 's3',
      region: 'us-east-1',
    })
  const get = async (key: string) => (await client().fetch(`${server.endpoint}/shop/${key}`)).text()
  const list = async (folder: string) => {
    const query = `list-type=2&prefix=${encodeURIComponent(folder)}`
    const text = await (await client().fetch(`${server.endpoint}/shop?${query}`)).text()
    return [...text.matchAll(/<Key>([^<]*)</g)].map(([, key = '']) => key)
  }
  let folders = 0

  function arrangeBucket() {
    const folder = `out/f${++folders}`
    let isDown = false
    const real = reaching([`127.0.0.1:${server.port}`, '127.0.0.1:1'], {
      key: server.keys.secret,
    })
    const network = {
      ...real.network,
      send: (request: Parameters<typeof real.network.send>[0]) =>
        real.network.send(
          isDown ? { ...request, url: request.url.replace(/:\d+/, ':1') } : request,
        ),
    }
    const s3 = {
      bucket: 'shop',
      endpoint: server.endpoint,
      access_key_id: server.keys.id,
      secret_access_key: { secret: 'key' },
    }
    return {
      folder,
      settings: { folder, format: 'json', to: { s3 } },
      tools: {
        network,
        secret: real.secret,
        folders: { base: '/nowhere', allowed: [] },
        clock: systemClock,
        parquet: nothingWritten,
      },
      arrived: async () => {
        const keys = (await list(folder)).filter((key) => key.endsWith('.ndjson'))
        return (await Promise.all(keys.map(async (key) => linesOf(await get(key))))).flat()
      },
      breakDown: async () => {
        isDown = true
      },
      mend: async () => {
        isDown = false
      },
      close: async () => {},
    }
  }

  describeDestination({ ...file, key: 'file in a bucket' }, async () => {
    const scene = arrangeBucket()
    // Port 1 is closed; what is refused there is no answer of the store.
    const tools = { ...scene.tools, network: { ...scene.tools.network } }
    return { ...scene, tools }
  })

  test('what is larger than one part is one object all the same', async () => {
    const { settings, tools, folder } = arrangeBucket()
    const filler = randomBytes(6000).toString('hex')
    const rows = people(1600).map((row) => ({ ...row, filler }))
    const batch = sampleBatch(rows)
    await file.deliver(batch, settings, { ...atEase, ...tools, signal: signal() })
    const [key = ''] = (await list(folder)).filter((name) => name.endsWith('.ndjson'))
    expect(linesOf(await get(key))).toEqual(rows)
  })

  test('an upload that fails leaves no object', async () => {
    const { settings, tools, folder } = arrangeBucket()
    const rows = async function* () {
      yield people(1)
      throw new Error('the store is gone')
    }
    const delivering = file.deliver(sampleBatch(people(1), { rows }), settings, {
      ...atEase,
      ...tools,
      signal: signal(),
    })
    await expect(delivering).rejects.toThrow('the store is gone')
    expect(await list(folder)).toEqual([])
  })
})

const noSsh = withoutSsh === '' ? '' : ` (left out: ${withoutSsh})`
describe.skipIf(noSsh)(`files on a host${noSsh}`, () => {
  let server: SshServer
  beforeAll(async () => {
    server = await startSsh()
  })
  afterAll(() => server.stop())

  function arrangeHost() {
    const base = mkdtempSync(join(tmpdir(), 'tessera-sftp-'))
    const folder = join(base, 'deep', 'er')
    let isDown = false
    const real = reaching([`127.0.0.1:${server.port}`, '127.0.0.1:1'], { key: server.key })
    const network = {
      ...real.network,
      connect: (to: Parameters<typeof real.network.connect>[0]) =>
        real.network.connect(isDown ? { ...to, port: 1 } : to),
    }
    const sftp = {
      host: '127.0.0.1',
      port: server.port,
      user: server.user,
      private_key: { secret: 'key' },
      host_key: server.hostKey.trim(),
    }
    return {
      folder,
      settings: { folder, format: 'json', to: { sftp } },
      tools: {
        network,
        secret: real.secret,
        folders: { base: '/nowhere', allowed: [] },
        clock: systemClock,
        parquet: nothingWritten,
      },
      arrived: async () =>
        readdirSync(folder)
          .filter((name) => name.endsWith('.ndjson'))
          .flatMap((name) => linesOf(readFileSync(join(folder, name), 'utf8'))),
      breakDown: async () => {
        isDown = true
      },
      mend: async () => {
        isDown = false
      },
      close: async () => rmSync(base, { recursive: true }),
    }
  }

  describeDestination({ ...file, key: 'file on a host' }, async () => arrangeHost())

  test('a file that could not be finished is not there, nor is a part of it', async () => {
    const { settings, tools, folder, close } = arrangeHost()
    onTestFinished(close)
    const rows = async function* () {
      yield people(1)
      throw new Error('the store is gone')
    }
    const delivering = file.deliver(sampleBatch(people(1), { rows }), settings, {
      ...atEase,
      ...tools,
      signal: signal(),
    })
    await expect(delivering).rejects.toThrow('the store is gone')
    expect(readdirSync(folder)).toEqual([])
  })
})
