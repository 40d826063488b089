import { once } from 'node:events'
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { type IncomingMessage, request } from 'node:http'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { stoppedClock } from '#kernel/clock.ts'
import { faults } from '#kernel/fault.ts'
import { noDisk, smallDisk } from '#kernel/testing/small-disk.ts'
import { bodyOf, openWire, sharedWire } from '../testing/open-wire.ts'
import { mostAttempts } from './loading.ts'

type Wire = Awaited<ReturnType<typeof openWire>>

const jobsPath = '/api/v1/ingest/jobs'
const header = 'id,contact_name,created_date,tax_exempt,total,BirthDay'
const row = (id: string) => `${id},"Joe ""J"" Smith",2021-07-22T08:57:08.118Z,false,77506,\n`

const create = async (wire: Wire, of: Record<string, string> = {}) => {
  const asked = { object: 'exercises', sourceName: 'ntotest', operation: 'upsert', ...of }
  const answer = await wire.ask('POST', jobsPath, asked)
  expect(answer.status).toBe(201)
  return bodyOf(answer)
}

const put = (wire: Wire, id = '', csv = '') =>
  wire.ask('PUT', `${jobsPath}/${id}/batches`, csv, { 'content-type': 'text/csv' })

const patch = (wire: Wire, id = '', state = '') => wire.ask('PATCH', `${jobsPath}/${id}`, { state })

const get = async (wire: Wire, id = '') => bodyOf(await wire.ask('GET', `${jobsPath}/${id}`))

async function until(wire: Wire, id = '', state = '') {
  for (let i = 0; i < 200; i++) {
    const job = await get(wire, id)
    if (job.state === state) return job
    await new Promise((later) => setTimeout(later, 20))
  }
  throw new Error(`job ${id} did not become ${state}: ${JSON.stringify(await get(wire, id))}`)
}

const shared = await sharedWire()
let sharedJob: Record<string, string> | undefined

test('a job from creation to completion', async () => {
  await using wire = await openWire()
  const job = await create(wire)
  expect(job).toEqual({
    id: expect.any(String),
    operation: 'upsert',
    object: 'exercises',
    sourceName: 'ntotest',
    createdById: 'crm',
    createdDate: expect.stringMatching(/^\d{4}-.*Z$/),
    systemModstamp: job.createdDate,
    state: 'Open',
    contentType: 'CSV',
    apiVersion: 'v1',
    contentUrl: `api/v1/ingest/jobs/${job.id}/batches`,
    retries: 0,
    totalProcessingTime: 0,
  })
  const sent = await wire.ask('PUT', `/${job.contentUrl}`, `${header}\n${row('1')}${row('2')}`, {
    'content-type': 'text/csv',
  })
  expect(sent.status).toBe(202)
  expect(await sent.text()).toBe('')
  // Any case, any order, more columns than asked for, a byte order mark, and returns before line ends.
  const mixed = '\ufeffBIRTHDAY,total,tax_exempt,created_date,contact_name,ID,more\r\n,,,,,3,x\r\n'
  expect((await put(wire, job.id, mixed)).status).toBe(202)
  const closed = await patch(wire, job.id, 'UploadComplete')
  expect(closed.status).toBe(200)
  expect(await closed.json()).toMatchObject({ id: job.id, state: 'UploadComplete' })
  await wire.jobs.start()
  expect(await until(wire, job.id, 'JobComplete')).toMatchObject({
    retries: 0,
    numberRecordsProcessed: 3,
    numberRecordsFailed: 0,
    counts: { received: 3, stored: 3, unchanged: 0, rejected: 0, removed: 0 },
  })
  expect([...wire.loaded]).toEqual([
    [`ingest:${job.id}:1`, [row('1').trimEnd(), row('2').trimEnd()]],
    [`ingest:${job.id}:2`, [',,,,,3,x']],
  ])
  await expect.poll(() => readdirSync(wire.folder)).toEqual([])
  expect((await patch(wire, job.id, 'UploadComplete')).status).toBe(200)
  expect(wire.loaded.size).toBe(2)
})

test('what the load is given', async () => {
  const given: unknown[] = []
  const load = async ({
    parts,
    stream,
    operation,
  }: { parts: readonly { path: string }[] } & object & { stream: string; operation: string }) => {
    given.push({
      stream,
      operation,
      parts: parts.map(({ path, ...part }) => ({ ...part, text: readFileSync(path, 'utf8') })),
    })
    return { received: 2, stored: 0, unchanged: 0, rejected: 2, removed: 0 }
  }
  await using wire = await openWire({ load })
  const job = await create(wire, { operation: 'delete' })
  // Without a header, with a time beside the key; with a header; packed.
  await put(
    wire,
    job.id,
    '"f3f7b60d","2023-10-26T02:51:28.939Z"\n"375907b0","2023-10-26T02:51:28.939Z"\n',
  )
  await put(wire, job.id, 'ID\n1\n')
  await wire.ask('PUT', `${jobsPath}/${job.id}/batches`, new Uint8Array(gzipSync('x\ny')), {
    'content-encoding': 'gzip',
  })
  await patch(wire, job.id, 'UploadComplete')
  await wire.jobs.start()
  await until(wire, job.id, 'JobComplete')
  expect(given).toEqual([
    {
      stream: 'nto_exercises',
      operation: 'delete',
      parts: [
        {
          name: `exercises ${job.id} 1.csv`,
          fingerprint: `ingest:${job.id}:1`,
          compressed: false,
          columns: ['id', '_deleted_at'],
          text: '"id","_deleted_at"\n"f3f7b60d","2023-10-26T02:51:28.939Z"\n"375907b0","2023-10-26T02:51:28.939Z"\n',
        },
        {
          name: `exercises ${job.id} 2.csv`,
          fingerprint: `ingest:${job.id}:2`,
          compressed: false,
          columns: ['ID'],
          text: 'ID\n1\n',
        },
        {
          name: `exercises ${job.id} 3.csv`,
          fingerprint: `ingest:${job.id}:3`,
          compressed: false,
          columns: ['id'],
          text: '"id"\nx\ny',
        },
      ],
    },
  ])
})

test.each([
  { why: 'empty', body: '' },
  { why: 'a column missing', body: 'id,total\n1,2\n' },
  { why: 'a column twice', body: `${header},ID\n` },
  { why: 'quotes never closed', body: '"id' },
  { why: 'not UTF-8', body: Buffer.from(`${header}\n\xe9\n`, 'latin1') },
  { why: 'cut in the middle of a letter', body: Buffer.from(`${header}\né`).subarray(0, -1) },
  { why: 'damaged', body: gzipSync(header).subarray(0, 20), encoding: 'gzip' },
  { why: 'packed in a way that nobody knows', body: header, encoding: 'zip' },
])('a file is refused, and nothing of it stays: $why', async ({ body, encoding }) => {
  const wire = shared
  sharedJob ??= await create(wire)
  const { id } = sharedJob
  const answer = await wire.ask(
    'PUT',
    `${jobsPath}/${id}/batches`,
    typeof body === 'string' ? body : new Uint8Array(body),
    encoding === undefined ? {} : { 'content-encoding': encoding },
  )
  expect(answer.status).toBe(400)
  expect(await answer.json()).toMatchObject({ details: { code: 'ingest.bad_file' } })
  expect(readdirSync(`${wire.folder}/${id}`)).toEqual([])
})

test('one job of an object is open at a time; 100 files, then no more', async () => {
  await using wire = await openWire()
  const { id } = await create(wire)
  const second = await wire.ask('POST', jobsPath, {
    object: 'Exercises',
    sourceName: 'NTOTEST',
    operation: 'delete',
  })
  expect(second.status).toBe(409)
  expect(await second.json()).toMatchObject({ details: { code: 'ingest.job_open' } })
  for (let i = 0; i < 100; i++) expect((await put(wire, id, header)).status).toBe(202)
  expect((await put(wire, id, header)).status).toBe(400)
  expect(readdirSync(`${wire.folder}/${id}`)).toHaveLength(100)
  expect((await patch(wire, id, 'Aborted')).status).toBe(200)
  expect(readdirSync(wire.folder)).toEqual([])
  expect((await create(wire)).state).toBe('Open')
})

test('what may be done in which state', async () => {
  await using wire = await openWire()
  const { id } = await create(wire)
  expect((await wire.ask('DELETE', `${jobsPath}/${id}`)).status).toBe(409)
  await patch(wire, id, 'upload_complete')
  expect((await put(wire, id, header)).status).toBe(409)
  expect((await patch(wire, id, 'Aborted')).status).toBe(200)
  expect((await patch(wire, id, 'Aborted')).status).toBe(200)
  expect((await patch(wire, id, 'UploadComplete')).status).toBe(409)
  expect((await patch(wire, id, 'JobComplete')).status).toBe(400)
  expect((await wire.ask('DELETE', `${jobsPath}/${id}`)).status).toBe(204)
  for (const [method, path, body] of [
    ['GET', id, undefined],
    ['DELETE', id, undefined],
    ['PATCH', id, { state: 'Aborted' }],
    ['PUT', `${id}/batches`, header],
  ] as const)
    expect((await wire.ask(method, `${jobsPath}/${path}`, body)).status, method).toBe(404)
})

test.each([
  { body: { object: 'other', sourceName: 'ntotest', operation: 'upsert' }, status: 404 },
  { body: { object: 'exercises', sourceName: 'ntotest', operation: 'insert' }, status: 400 },
  { body: { object: 'exercises' }, status: 400 },
])('no job is made of $body', async ({ body, status }) => {
  const wire = shared
  expect((await wire.ask('POST', jobsPath, body)).status).toBe(status)
})

test('the list of jobs is ordered, cut and filtered', async () => {
  const clock = stoppedClock(new Date('2026-01-01T00:00:00Z'))
  await using wire = await openWire({ clock })
  const ids: string[] = []
  for (let i = 0; i < 3; i++) {
    clock.move(1000)
    const { id } = await create(wire)
    ids.push(id ?? '')
    if (i < 2) await patch(wire, id, 'Aborted')
  }
  const list = async (query: string) => {
    const answer = await wire.ask('GET', `${jobsPath}/${query}`)
    const { data } = (await answer.json()) as { data?: readonly { id: string }[] }
    return data?.map(({ id }) => ids.indexOf(id)) ?? answer.status
  }
  expect(await list('')).toEqual([2, 1, 0])
  expect(await list('?limit=1&offset=1')).toEqual([1])
  expect(await list('?orderby=createdDate%20asc')).toEqual([0, 1, 2])
  expect(await list('?states=Open,jobcomplete')).toEqual([2])
  expect(await list('?limit=0')).toBe(400)
  expect(await list('?limit=101')).toBe(400)
  expect(await list('?states=Gone')).toBe(400)
  expect(await list('?orderby=state')).toBe(400)
})

setFlagsFromString('--expose-gc')
const collectGarbage: () => void = runInNewContext('gc')

/** What is in memory and needed. */
function heldBytes(): number {
  collectGarbage()
  const { arrayBuffers, heapUsed } = process.memoryUsage()
  return arrayBuffers + heapUsed
}

const trouble = faults('test', {
  refused: { status: 422, say: () => 'the stream is gone', help: '' },
  busy: { status: 503, say: () => 'the engine is busy', help: '' },
})

test('trouble that may pass holds up the later jobs of the stream, so that the last row stands', async () => {
  const clock = stoppedClock(new Date('2026-01-01T00:00:00Z'))
  const begun: string[] = []
  const load = async ({ parts: [part] }: { parts: readonly { fingerprint: string }[] }) => {
    begun.push(part?.fingerprint ?? '')
    if (begun.length === 1) throw trouble.busy({})
    return { received: 1, stored: 1, unchanged: 0, rejected: 0, removed: 0 }
  }
  await using wire = await openWire({ clock, load })
  const ids: string[] = []
  for (let i = 0; i < 2; i++) {
    const { id } = await create(wire)
    ids.push(id ?? '')
    await put(wire, id, `${header}\n${row('1')}`)
    await patch(wire, id, 'UploadComplete')
  }
  await wire.jobs.start()
  const [first = '', second = ''] = ids
  await expect.poll(() => get(wire, first)).toMatchObject({ errorMessage: 'the engine is busy' })
  expect(await get(wire, first)).toMatchObject({ state: 'UploadComplete' })
  expect(await get(wire, second)).toMatchObject({ state: 'UploadComplete', retries: 0 })
  clock.move(60_000)
  await until(wire, second, 'JobComplete')
  expect(await get(wire, first)).toMatchObject({ state: 'JobComplete', retries: 1 })
  expect(begun).toEqual([`ingest:${first}:1`, `ingest:${first}:1`, `ingest:${second}:1`])
})

test('what is refused fails at once with its reason, and may be tried again', async () => {
  let isSound = false
  const load = async () => {
    if (!isSound) throw trouble.refused({})
    return { received: 1, stored: 1, unchanged: 0, rejected: 0, removed: 0 }
  }
  await using wire = await openWire({ load })
  const { id } = await create(wire)
  await put(wire, id, header)
  await patch(wire, id, 'UploadComplete')
  await wire.jobs.start()
  expect(await until(wire, id, 'Failed')).toMatchObject({ errorMessage: 'the stream is gone' })
  isSound = true
  await patch(wire, id, 'UploadComplete')
  await until(wire, id, 'JobComplete')
})

test('a job in lasting trouble is given up, and those behind it go on', async () => {
  const clock = stoppedClock(new Date('2026-01-01T00:00:00Z'))
  let tries = 0
  const load = async ({ parts: [part] }: { parts: readonly { name: string }[] }) => {
    tries++
    if (part?.name.endsWith(`${doomed} 1.csv`)) throw trouble.busy({})
    return { received: 1, stored: 1, unchanged: 0, rejected: 0, removed: 0 }
  }
  await using wire = await openWire({ clock, load })
  const { id: doomed } = await create(wire)
  await put(wire, doomed, header)
  await patch(wire, doomed, 'UploadComplete')
  const { id: sound } = await create(wire)
  await put(wire, sound, header)
  await patch(wire, sound, 'UploadComplete')
  await wire.jobs.start()
  for (let i = 0; i < 60 && (await get(wire, sound)).state !== 'JobComplete'; i++) {
    clock.move(11 * 60_000)
    await new Promise((later) => setTimeout(later, 50))
  }
  expect(await get(wire, doomed)).toMatchObject({
    state: 'Failed',
    retries: mostAttempts - 1,
    errorMessage: `loading failed ${mostAttempts} times, the last time because: the engine is busy`,
  })
  expect(await get(wire, sound)).toMatchObject({ state: 'JobComplete' })
  expect(tries).toBe(mostAttempts + 1)
})

test('a job without files is complete', async () => {
  await using wire = await openWire()
  const { id } = await create(wire)
  await patch(wire, id, 'UploadComplete')
  await wire.jobs.start()
  expect(await until(wire, id, 'JobComplete')).toMatchObject({ numberRecordsProcessed: 0 })
})

test('20 MB are sent with little memory', async () => {
  await using wire = await openWire()
  const { id } = await create(wire)
  const line = Buffer.from(row('0'.repeat(60)).repeat(500))
  const pieces = Math.ceil(20e6 / line.length)
  let most = 0
  const body = Readable.from(
    (function* () {
      yield Buffer.from(`${header}\n`)
      for (let i = 0; i < pieces; i++) {
        if (i % 50 === 0) most = Math.max(most, heldBytes())
        yield line
      }
    })(),
  )
  const before = heldBytes()
  const answer = await fetch(`${wire.base}${jobsPath}/${id}/batches`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${wire.secret}` },
    // A stream as a body is sent while it is made.
    body: Readable.toWeb(body) as ReadableStream,
    duplex: 'half',
  } as RequestInit)
  expect(answer.status).toBe(202)
  const [file = ''] = readdirSync(`${wire.folder}/${id}`)
  expect(readFileSync(`${wire.folder}/${id}/${file}`)).toHaveLength(
    header.length + 1 + pieces * line.length,
  )
  expect(most - before).toBeLessThan(8e6)
})

/** Sends a file whose second half waits for a sign. */
function halfAFile(wire: Wire, id = '') {
  const begun = Promise.withResolvers<void>()
  const go = Promise.withResolvers<void>()
  const abort = new AbortController()
  const pieces = async function* () {
    yield Buffer.from(`${header}\n${row('1')}`)
    begun.resolve()
    await go.promise
    yield Buffer.from(row('2'))
  }
  const answer = fetch(`${wire.base}${jobsPath}/${id}/batches`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${wire.secret}` },
    body: Readable.toWeb(Readable.from(pieces())) as ReadableStream,
    duplex: 'half',
    signal: abort.signal,
  } as RequestInit)
  return { begun: begun.promise, go: go.resolve, leave: () => abort.abort(), answer }
}

test('a client that goes away in the middle leaves nothing behind', async () => {
  await using wire = await openWire()
  const { id } = await create(wire)
  const { begun, leave, answer } = halfAFile(wire, id)
  const left = expect(answer).rejects.toThrow()
  await begun
  await expect.poll(() => readdirSync(wire.folder)).toEqual([id])
  await expect.poll(() => readdirSync(`${wire.folder}/${id}`)).toHaveLength(1)
  leave()
  await left
  await expect.poll(() => readdirSync(`${wire.folder}/${id}`)).toEqual([])
  expect((await put(wire, id, header)).status).toBe(202)
})

test.each(['UploadComplete', 'Aborted'])(
  'a file that arrives after its job became %s is refused',
  async (state) => {
    await using wire = await openWire()
    const { id } = await create(wire)
    const { begun, go, answer } = halfAFile(wire, id)
    await begun
    await expect.poll(() => readdirSync(wire.folder)).toEqual([id])
    await patch(wire, id, state)
    go()
    expect((await answer).status).toBe(409)
    await wire.jobs.start()
    if (state === 'UploadComplete') await until(wire, id, 'JobComplete')
    expect(wire.loaded.size).toBe(0)
  },
)

test('more than 150 MB in a file are refused before they are read, and while they are unpacked', async () => {
  // Before anything is connected: it takes so long that a connection may be given up meanwhile.
  const bomb = gzipSync(Buffer.concat([Buffer.from(`${header}\n`), Buffer.alloc(158e6, 'x')]))
  await using wire = await openWire()
  const { id } = await create(wire)
  const path = `${jobsPath}/${id}/batches`
  const announced = request(`${wire.base}${path}`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${wire.secret}`, 'content-length': 150 * 1024 ** 2 + 1 },
  })
  announced.write(header)
  const [early] = (await once(announced, 'response')) as [IncomingMessage]
  expect(early.statusCode).toBe(413)
  announced.destroy()
  const answer = await wire.ask('PUT', path, new Uint8Array(bomb), { 'content-encoding': 'gzip' })
  expect(answer.status).toBe(413)
  expect(readdirSync(`${wire.folder}/${id}`)).toEqual([])
})

test.skipIf(noDisk !== '')(
  `a full disk is no fault of who sends: again later, and nothing stays${noDisk}`,
  async () => {
    const disk = smallDisk(4)
    const folder = join(disk, 'bulk')
    await using wire = await openWire({ folder })
    const { id = '' } = await create(wire)
    const ballast = join(disk, 'ballast')
    writeFileSync(ballast, Buffer.alloc(3 * 1024 ** 2))
    const large = `${header}\n${row('1').repeat(40_000)}`
    const refused = await put(wire, id, large)
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5'])
    expect(await refused.json()).toMatchObject({
      message: expect.stringMatching(/the disk is full; send it again in 5 s$/),
      details: { code: 'ingest.disk' },
    })
    expect(readdirSync(join(folder, id))).toEqual([])
    // What has room is taken meanwhile.
    expect((await put(wire, id, `${header}\n${row('1')}`)).status).toBe(202)
    rmSync(ballast)
    expect((await put(wire, id, large)).status).toBe(202)
    expect(readdirSync(join(folder, id))).toHaveLength(2)
  },
)
