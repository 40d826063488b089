import { once } from 'node:events'
import { createReadStream } from 'node:fs'
import { open, rm } from 'node:fs/promises'
import { request } from 'node:http'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type BenchTools, type Figure, rounded } from './bench.ts'
import { peopleColumns } from './csv-load.ts'
import { type ServedPlatform, startPlatform, usageOf } from './events-server.ts'

/** What a whole job took, from its making until all of it was in the lake. */
interface JobReport {
  readonly ms: number
  /** Of it, until all parts were taken in and the job was closed. */
  readonly sentMs: number
  readonly peakBytes: number
}

/** A job of files in bulk through the API, as clients make it: made, parts sent, closed, asked for until it is done. */
export async function jobOf(
  { folder, say }: Pick<BenchTools, 'folder' | 'say'>,
  { file, rows }: { readonly file: string; readonly rows: number },
): Promise<JobReport> {
  const data = join(folder, `job-${rows}`)
  const platform = await startPlatform(data)
  try {
    await platform.call('POST', '/definitions/apply', {
      files: [{ file: 'job.yaml', text: definitions }],
    })
    const { peakBytes: before } = usageOf(platform.pid)
    const report = await runJob(platform, file, rows)
    const { peakBytes } = usageOf(platform.pid)
    say(`a job of ${rows} rows: ${Math.round(report.ms)} ms, ${mebibytes(before)} MiB before it`)
    return { ...report, peakBytes }
  } finally {
    await platform.stop()
    await rm(data, { recursive: true, force: true })
  }
}

/** What stands beside a job: how long the bare engine takes for its file. */
export const jobFigures = (
  rows: number,
  job: JobReport,
  { bareMs, small }: { readonly bareMs: number; readonly small: JobReport },
): readonly Figure[] => [
  {
    name: `bulk job through the API, ${rows.toLocaleString('en-US')} rows, until all are in the lake`,
    value: rounded(job.ms),
    unit: 'ms',
    comparedWith: `the engine alone, into a typed table: ${rounded(bareMs)} ms; the parts were sent after ${rounded(job.sentMs)} ms`,
    ratio: rounded(job.ms / bareMs),
    target: 'at most 1.5',
  },
  {
    name: 'bulk job: memory of the server at most',
    value: mebibytes(job.peakBytes),
    unit: 'MiB',
    comparedWith: `a fifth of the rows: ${mebibytes(small.peakBytes)} MiB`,
    ratio: rounded(job.peakBytes / small.peakBytes),
    target: 'flat',
  },
]

const mebibytes = (bytes: number) => rounded(bytes / 2 ** 20)

async function runJob(platform: ServedPlatform, file: string, rows: number) {
  const { call } = platform
  const since = performance.now()
  const asked = { object: 'people', sourceName: 'job', operation: 'upsert' }
  // The endpoints answer with these shapes; see the data-cloud wire.
  const { id } = (await call('POST', '/v1/ingest/jobs', asked)) as { id: string }
  for (const part of await partsOf(file)) await send(platform, id, file, part)
  await call('PATCH', `/v1/ingest/jobs/${id}`, { state: 'UploadComplete' })
  const sentMs = performance.now() - since
  for (;;) {
    const job = (await call('GET', `/v1/ingest/jobs/${id}`)) as {
      state: string
      counts?: { stored: number }
    }
    if (job.state === 'JobComplete' && job.counts?.stored === rows)
      return { ms: performance.now() - since, sentMs }
    if (!['UploadComplete', 'InProgress'].includes(job.state))
      throw new Error(`the job ended otherwise: ${JSON.stringify(job)}`)
    await sleep(20)
  }
}

/** Bytes of a file, from the first on and before the last. */
interface Part {
  readonly from: number
  readonly to: number
}

// A part may have 150 MiB.
const partBytes = 100 * 2 ** 20
const longestLine = 4096

/** A file cut after lines; the header is left out. */
async function partsOf(file: string): Promise<readonly Part[]> {
  const handle = await open(file)
  try {
    const { size } = await handle.stat()
    const bytes = Buffer.alloc(longestLine)
    const afterLine = async (at: number) => {
      if (at >= size) return size
      const { bytesRead } = await handle.read(bytes, 0, longestLine, at)
      return at + bytes.subarray(0, bytesRead).indexOf('\n') + 1
    }
    const parts: Part[] = []
    for (let from = await afterLine(0); from < size; ) {
      const to = await afterLine(from + partBytes)
      parts.push({ from, to })
      from = to
    }
    return parts
  } finally {
    await handle.close()
  }
}

async function send({ port, token }: ServedPlatform, id: string, file: string, part: Part) {
  const path = `/api/v1/ingest/jobs/${id}/batches`
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'text/csv' }
  const sending = request({ host: '127.0.0.1', port, path, method: 'PUT', headers })
  sending.write(`${peopleColumns.map(({ name }) => name).join(',')}\n`)
  createReadStream(file, { start: part.from, end: part.to - 1 }).pipe(sending)
  const [answer] = await once(sending, 'response')
  answer.resume()
  if (answer.statusCode !== 202) throw new Error(`a part was answered with ${answer.statusCode}`)
}

// Keys of what is sent in bulk are texts, as the wire has them.
const fields = peopleColumns.map(({ name, type }) => {
  const types = { integer: 'text', text: 'text', number: 'number' } as const
  return [name, { type: type in types ? types[type as keyof typeof types] : type }]
})

const definitions = `kind: connection
key: job
connector: ingest_api
settings: ${JSON.stringify({
  objects: {
    people: { category: 'profile', fields: Object.fromEntries(fields), primary_key: ['id'] },
  },
})}
---
kind: stream
key: job_people
connection: job
source: { object: people }
mode: upsert
primary_key: [id]
category: profile
`
