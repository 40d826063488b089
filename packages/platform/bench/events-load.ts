import { randomBytes } from 'node:crypto'
import { connect, type Socket } from 'node:net'
import { idLength, personLength, type Template, templatesOf } from './events-sample.ts'

/** What is to be sent, and how. */
export interface LoadOrder {
  readonly port: number
  readonly path: string
  readonly headers: readonly string[]
  readonly eventsPerRequest: number
  readonly connections: number
  readonly seconds: number
  /** Requests a second, whatever the answers; as fast as they are answered unless set. */
  readonly rate?: number
}

/** What came of it. */
export interface LoadReport {
  readonly seconds: number
  readonly statuses: Readonly<Record<string, number>>
  /** Of the answers with status 200, in milliseconds; with a rate from the moment at which a request was due. */
  readonly latency: { readonly median: number; readonly p99: number; readonly longest: number }
  /** Of one core, how much the sending took. */
  readonly ownShare: number
}

// A process of its own, asked over its channel: it must not take time from what it measures.
process.on('message', (order: LoadOrder) => {
  send(order).then(
    (report) => process.send?.({ report }),
    (thrown: unknown) => process.send?.({ failed: String(thrown) }),
  )
})

const requestsOfPerson = (eventsPerRequest: number) => (eventsPerRequest === 1 ? 10 : 2)

interface Line {
  readonly socket: Socket
  readonly templates: readonly (readonly Template[])[]
  begun: number
  sent: number
  person: string
  rest: Buffer
}

/** One request at a time on each connection; ids and people are written into requests that were made before. */
async function send(order: LoadOrder): Promise<LoadReport> {
  const { rate, seconds } = order
  const buckets = makeBuckets()
  const statuses: Record<string, number> = {}
  const cpu = process.cpuUsage()
  const lines = await Promise.all(Array.from({ length: order.connections }, () => openLine(order)))
  const idle: Line[] = rate === undefined ? [] : [...lines]
  const begun = performance.now()
  const end = begun + seconds * 1000
  let [open, planned] = [0, 0]
  const done = Promise.withResolvers<void>()
  const isOver = () => performance.now() >= end

  const next = (line: Line, due: number) => {
    open++
    line.begun = due
    line.socket.write(nextRequest(line, order.eventsPerRequest))
  }
  const answered = (line: Line, status: string) => {
    const now = performance.now()
    open--
    statuses[status] = (statuses[status] ?? 0) + 1
    if (status === '200') buckets.add(now - line.begun)
    if (rate !== undefined) idle.push(line)
    else if (now < end) next(line, now)
    if (open === 0 && now >= end) done.resolve()
  }
  for (const line of lines) {
    line.socket.on('data', (chunk) => {
      const status = takeAnswer(line, chunk)
      if (status !== undefined) answered(line, status)
    })
    line.socket.on('close', () => done.reject(new Error('a connection was closed')))
  }
  if (rate === undefined) for (const line of lines) next(line, performance.now())
  else
    pace({ isOver, done }, () => {
      const due = Math.min(seconds * rate, ((performance.now() - begun) / 1000) * rate)
      for (; planned < due && idle.length > 0; planned++) {
        const line = idle.shift()
        if (line) next(line, begun + (planned / rate) * 1000)
      }
      return open === 0
    })
  await done.promise
  const took = (performance.now() - begun) / 1000
  for (const { socket } of lines) socket.removeAllListeners('close').destroy()
  const { user, system } = process.cpuUsage(cpu)
  return {
    seconds: took,
    statuses,
    latency: buckets.read(),
    ownShare: (user + system) / 1e6 / took,
  }
}

/** Looks again and again what is due; ends when the time is over and nothing is open. */
function pace(
  { isOver, done }: { isOver: () => boolean; done: PromiseWithResolvers<void> },
  look: () => boolean,
) {
  const timer = setInterval(() => {
    const isQuiet = look()
    if (!isOver() || !isQuiet) return
    clearInterval(timer)
    done.resolve()
  }, 1)
}

async function openLine({ port, path, headers, eventsPerRequest }: LoadOrder): Promise<Line> {
  const host = `127.0.0.1:${port}`
  const of = { path, host, headers, eventsPerRequest }
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve)
    socket.once('error', reject)
  })
  // One visitor in two is signed in.
  const templates = [true, false].map((isKnown) => templatesOf({ ...of, isKnown }))
  return { socket, templates, begun: 0, sent: 0, person: '', rest: Buffer.alloc(0) }
}

const run = randomBytes(4).toString('hex')
let [messages, people] = [0, 0]

function nextRequest(line: Line, eventsPerRequest: number): Buffer {
  const perPerson = requestsOfPerson(eventsPerRequest)
  if (line.sent % perPerson === 0) {
    line.person = `${run.slice(0, 2)}${String(people++).padStart(personLength - 2, '0')}`
  }
  const variants = line.templates[Math.floor(line.sent / perPerson) % 2] ?? []
  const template = variants[line.sent % variants.length]
  if (!template) throw new Error('there is nothing to send')
  line.sent++
  for (const at of template.persons) template.bytes.write(line.person, at, 'latin1')
  for (const at of template.ids) {
    const digits = String(messages++).padStart(12, '0')
    template.bytes.write(`${run}-0000-4000-8000-${digits}`, at, idLength, 'latin1')
  }
  return template.bytes
}

/** The status of an answer once it is there as a whole. */
function takeAnswer(line: Line, chunk: Buffer): string | undefined {
  const bytes = line.rest.length === 0 ? chunk : Buffer.concat([line.rest, chunk])
  const headEnd = bytes.indexOf('\r\n\r\n')
  const head = headEnd < 0 ? '' : bytes.toString('latin1', 0, headEnd)
  const length = /content-length: (\d+)/i.exec(head)?.[1]
  const isWhole = length !== undefined && bytes.length >= headEnd + 4 + Number(length)
  line.rest = isWhole ? Buffer.alloc(0) : bytes
  return isWhole ? head.slice(9, 12) : undefined
}

/** Counts milliseconds by tenths, up to a minute. */
function makeBuckets() {
  const counts = new Uint32Array(600_000)
  let all = 0
  let longest = 0
  const share = (of: number) => {
    let left = all * of
    for (let i = 0; i < counts.length; i++) {
      left -= counts[i] ?? 0
      if (left <= 0) return i / 10
    }
    return longest
  }
  return {
    add: (ms: number) => {
      const bucket = Math.min(counts.length - 1, Math.max(0, Math.floor(ms * 10)))
      counts[bucket] = (counts[bucket] ?? 0) + 1
      all++
      longest = Math.max(longest, ms)
    },
    read: () => ({ median: share(0.5), p99: share(0.99), longest }),
  }
}
