import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { systemClock } from '#kernel/clock.ts'
import { startCutter } from '../../testing/cutter.ts'
import { describeConnector, makeSpool } from '../../testing/index.ts'
import { reaching } from '../../testing/reaching.ts'
import { type BucketServer, startBuckets, withoutBuckets } from '../../testing/servers/versitygw.ts'
import { madeWorkbook } from '../../testing/workbook.ts'
import { makeS3 } from './s3.ts'

const leftOut = withoutBuckets === '' ? '' : ` (left out: ${withoutBuckets})`
const { signal } = new AbortController()

describe.skipIf(leftOut)(`a bucket${leftOut}`, () => {
  let server: BucketServer
  beforeAll(async () => {
    server = await startBuckets('shop')
  })
  afterAll(() => server.stop())

  const tools = (port = server.port) => ({
    ...reaching([`127.0.0.1:${port}`], { key: server.keys.secret, wrong: 'wrong' }),
    clock: systemClock,
  })
  const settings = (more: Readonly<Record<string, unknown>> = {}) => ({
    bucket: 'shop',
    endpoint: server.endpoint,
    access_key_id: server.keys.id,
    secret_access_key: { secret: 'key' },
    ...more,
  })

  interface Reading {
    readonly settings?: Readonly<Record<string, unknown>>
    readonly names?: string[]
    readonly s3?: ReturnType<typeof makeS3>
  }

  async function readNames(path: string, of: Reading = {}): Promise<readonly string[]> {
    const { names = [], s3 = makeS3(tools()) } = of
    const [source, spool, known] = [{ path }, await makeSpool(), () => false]
    const reading = { settings: settings(of.settings), source, known, spool, signal }
    for await (const { name } of s3.read(reading)) names.push(name)
    return names
  }

  describeConnector('s3', async () => {
    const folder = `contract-${Math.random()}`
    await server.put(`${folder}/people.csv`, 'id,name\n1,Ada\n')
    await server.put(`${folder}/deep/er/packed.csv.gz`, gzipSync('id,name\n1,José\n'))
    await server.put(`${folder}/shop.xlsx`, await madeWorkbook('openpyxl.xlsx'))
    return {
      connector: makeS3(tools()),
      settings: settings({ prefix: folder }),
      source: { path: '**/*' },
      change: () => server.put(`${folder}/people.csv`, 'id,name\n1,Eve\n'),
    }
  })

  test('takes objects by name and by pattern, whatever they are called', async () => {
    const folder = { prefix: '/names/' }
    const odd = "a b+c%2F(ü)!'*.csv"
    for (const name of ['part-10.csv', 'part-2.csv', 'x/part-1.csv', '.hidden.csv', odd]) {
      await server.put(`names/${name}`, 'a,b\n1,2\n')
    }
    await server.put('names-2/part-3.csv', 'a,b\n1,2\n')
    const read = (path: string) => readNames(path, { settings: folder })
    expect(await read('part-*.csv')).toEqual(['part-2.csv', 'part-10.csv'])
    expect(await read('**/part-*.csv')).toHaveLength(3)
    expect(await read('./x/part-1.csv')).toEqual(['x/part-1.csv'])
    expect(await read('*')).toEqual([odd, 'part-2.csv', 'part-10.csv'])
    expect(await read(odd)).toEqual([odd])
    await expect(read('prat-2.csv')).rejects.toThrow('did you mean "part-2.csv"')
    await expect(read('../names-2/part-3.csv')).rejects.toThrow('leads out of')
  })

  test('goes on to the next page of a long list', async () => {
    const names = Array.from({ length: 1100 }, (_, i) => `many/${i}.csv`)
    await Promise.all(names.map((name) => server.put(name, 'a\n1\n')))
    const s3 = makeS3(tools())
    const many = settings({ prefix: 'many' })
    const offers = await s3.list({ settings: many, signal })
    expect(offers.map(({ name }) => `many/${name}`)).toEqual(names)
    const spool = await makeSpool()
    let asked = 0
    const known = () => ++asked > 0
    const reading = { settings: many, source: { path: '*.csv' }, known, spool, signal }
    for await (const _ of s3.read(reading)) throw new Error('all were known')
    expect(asked).toBe(1100)
  })

  test('offers the sheets of a workbook without fetching it', async () => {
    await server.put('books/shop.xlsx', await madeWorkbook('openpyxl.xlsx'))
    const offers = await makeS3(tools()).list({ settings: settings({ prefix: 'books' }), signal })
    expect(offers.map(({ source }) => source['sheet'])).toEqual([
      'Orders',
      'Codes & <more>',
      'Late',
      'Bare',
    ])
  })

  test('says what is wrong with the key, the bucket, the place and the clock', async () => {
    const refused = (more: Readonly<Record<string, unknown>>) =>
      expect(readNames('*', { settings: more })).rejects
    await refused({ secret_access_key: { secret: 'wrong' } }).toThrow(
      expect.objectContaining({ code: 'connectors.cannot_sign_in' }),
    )
    await refused({ access_key_id: 'nobody' }).toThrow('does not let "nobody" in')
    await refused({ access_key_id: undefined }).toThrow('one is missing')
    await refused({ bucket: 'other' }).toThrow('has no bucket "other"')
    await refused({ region: 'eu-west-1' }).toThrow('is in the region us-east-1')
    await refused({ endpoint: 'http://127.0.0.1:1' }).toThrow('is not a public address')
    const late = makeS3({ ...tools(), clock: { now: () => new Date('2020-01-01T00:00:00Z') } })
    await expect(readNames('*', { s3: late })).rejects.toThrow('RequestTimeTooSkewed')
  })

  test('never says the key', async () => {
    const read = readNames('*', { settings: { bucket: 'other' } })
    const thrown = await read.catch((fault: unknown) => fault)
    expect(JSON.stringify(thrown)).not.toContain(server.keys.secret)
  })

  test('reads what everybody may read without a key', async () => {
    const open = { access_key_id: undefined, secret_access_key: undefined, prefix: 'open' }
    await server.put('open/a.csv', 'a\n1\n')
    await expect(readNames('*', { settings: open })).rejects.toThrow('permit')
    await server.open()
    expect(await readNames('*', { settings: open })).toEqual(['a.csv'])
  })

  test('takes nothing that was changed or removed between being listed and being taken', async () => {
    for (const name of ['a', 'b', 'c', 'd']) await server.put(`moving/${name}.csv`, 'a\n1\n')
    const [spool, names] = [await makeSpool(), [] as string[]]
    const moving = settings({ prefix: 'moving' })
    const reading = { settings: moving, source: { path: '*' }, known: () => false, spool, signal }
    const read = async () => {
      for await (const { name } of makeS3(tools()).read(reading)) {
        names.push(name)
        if (name !== 'a.csv') continue
        await server.put('moving/b.csv', 'a\n2\n')
        await server.remove('moving/c.csv')
      }
    }
    await expect(read()).rejects.toThrow(
      expect.objectContaining({
        problems: [
          expect.objectContaining({ code: 'connectors.changed_meanwhile' }),
          expect.objectContaining({ say: expect.stringContaining('no longer there') }),
        ],
      }),
    )
    expect(names).toEqual(['a.csv', 'd.csv'])
  })

  test('says how far it came when the connection is cut', async () => {
    await server.put('cut/a.csv', 'a,b\n1,2\n')
    await server.put('cut/b.csv', `a,b\n${'1,2\n'.repeat(2_000_000)}`)
    const port = await startCutter(server.port, 500_000)
    const endpoint = `http://127.0.0.1:${port}`
    const s3 = makeS3(tools(port))
    const names: string[] = []
    await expect(
      readNames('*', { settings: { endpoint, prefix: 'cut' }, names, s3 }),
    ).rejects.toThrow(/broke off: \d+ of 8000004 bytes of b.csv had arrived/)
    expect(names).toEqual(['a.csv'])
  })
})
