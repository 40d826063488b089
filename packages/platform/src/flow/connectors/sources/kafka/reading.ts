import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Batch, Reading } from '../../connector.ts'
import { connectorFaults } from '../../faults.ts'
import type { Cluster, FetchPlace, Topic } from './cluster.ts'
import { committedRecords, nextOffset } from './committed.ts'
import { type Cursor, parseCursor, printCursor } from './cursor.ts'
import type { KafkaSettings, KafkaSource } from './definition.ts'
import { type Plan, planBatches, planReading, type Range } from './plan.ts'
import { lineOf } from './row.ts'

/** What reading a topic needs. */
export interface TopicReading extends Reading<KafkaSettings, KafkaSource> {
  readonly cluster: Cluster
  readonly mostRecords: number
  readonly mostBytes: number
}

/** Hands over what lies beyond the cursor, up to the end as it was at the start, partition after partition. */
export async function* readTopic(of: TopicReading): AsyncGenerator<Batch> {
  const topic = await of.cluster.topic(of.source.topic)
  const last = of.cursor === undefined ? undefined : parseCursor(of.cursor)
  const { plan, lost } = await planFor(of, topic, last)
  const next = new Map(plan.positions)
  for (const planned of planBatches(plan.ranges, of.mostRecords)) {
    const left = [...planned]
    while (left.length > 0) {
      const fingerprint = fingerprintOf(topic, left)
      if (of.known(fingerprint)) {
        for (const { partition, to } of left.splice(0)) next.set(partition, to)
        continue
      }
      const before = new Map(next)
      const file = await spool(of, linesOf(of, { topic, left, next }))
      const name = `${nameOf(topic, before, next)}${lost}`
      yield { name, fingerprint, file, cursor: printCursor({ topic: topic.id, next }) }
    }
  }
  // Where the first reading begins at the end, there is nothing to take but the place.
  const places = [...plan.positions].map(([partition, at]) => ({ partition, from: at, to: at }))
  const fingerprint = fingerprintOf(topic, places)
  if (plan.ranges.length === 0 && isMoved(of, plan, last) && !of.known(fingerprint)) {
    const file = await spool(of, none())
    const cursor = printCursor({ topic: topic.id, next })
    yield { name: `${topic.name}, from here on${lost}`, fingerprint, file, cursor }
  }
}

/** Decides what is to be read; refuses to pass over records that are gone unless that was allowed. */
async function planFor(of: TopicReading, topic: Topic, last: Cursor | undefined) {
  const { from = 'earliest', on_loss: onLoss = 'stop' } = of.source
  const bounds = await of.cluster.bounds(topic)
  const isAnew =
    last !== undefined && last.topic !== '' && topic.id !== '' && last.topic !== topic.id
  if (isAnew && onLoss === 'stop') {
    throw connectorFaults.topic_made_anew({ topic: topic.name, why: 'it has another id' })
  }
  const plan = planReading(bounds, isAnew ? new Map() : last?.next, from)
  const { losses, shrunk } = plan
  if (shrunk.length > 0 && onLoss === 'stop') {
    const why = `partition ${shrunk.join(', ')} ends before the offset that was read last`
    throw connectorFaults.topic_made_anew({ topic: topic.name, why })
  }
  const missing = losses.reduce((sum, loss) => sum + loss.missing, 0n)
  if (missing > 0n && onLoss === 'stop') {
    const where = losses.map((loss) => `${loss.missing} of partition ${loss.partition}`).join(', ')
    throw connectorFaults.records_gone({ topic: topic.name, missing: String(missing), where })
  }
  const anew = isAnew || shrunk.length > 0 ? ', of a topic that was made anew' : ''
  return { plan, lost: `${anew}${missing > 0n ? `, after up to ${missing} lost records` : ''}` }
}

interface Place {
  readonly topic: Topic
  /** What is still to be read; gets shorter. */
  readonly left: Range[]
  /** The next offset of each partition; moves on. */
  readonly next: Map<number, bigint>
}

async function* linesOf(of: TopicReading, { topic, left, next }: Place): AsyncGenerator<string> {
  let bytes = 0
  for (let range = left[0]; range && bytes < of.mostBytes; range = left[0]) {
    const { lines, upTo } = await step(of, topic, range)
    next.set(range.partition, upTo)
    if (upTo >= range.to) left.shift()
    else left[0] = { ...range, from: upTo }
    bytes += lines.length
    if (lines !== '') yield lines
  }
}

// What is fetched at once; unpacked it may be many times as much. An empty answer is asked again, with room for more in
// case that a broker gives only what fits; then the stretch has no records any more, as compaction leaves it.
const fetchBytes = [2, 64, 64].map((mebibytes) => mebibytes * 1024 ** 2)

/** The lines of one fetch, and the offset after them. */
async function step(of: TopicReading, topic: Topic, range: Range) {
  for (const mostBytes of fetchBytes) {
    const fetched = await fetchInTime(of, topic, { ...range, offset: range.from, mostBytes })
    const after = fetched.batches.at(-1)
    if (!after) continue
    const place = { topic: topic.name, partition: range.partition }
    const lines = committedRecords(fetched)
      .filter(({ offset }) => offset >= range.from && offset < range.to)
      .map((record) => `${lineOf(record, place, of.source.format ?? 'json')}\n`)
      .toArray()
    const upTo = nextOffset(after)
    // The last batch may go on beyond the end that was seen at the start.
    const isBeyond = upTo > range.to
    return { lines: lines.join(''), upTo: isBeyond ? range.to : upTo }
  }
  return { lines: '', upTo: range.to }
}

/** A fetch that was not answered empty only because this client has had its share for the moment. */
async function fetchInTime({ cluster, signal }: TopicReading, topic: Topic, from: FetchPlace) {
  for (;;) {
    const fetched = await cluster.fetch(topic, from)
    if (fetched.batches.length > 0 || fetched.throttledMs === 0) return fetched
    await sleep(fetched.throttledMs, undefined, { signal }).catch(() => signal.throwIfAborted())
  }
}

async function spool({ spool: into, signal }: TopicReading, lines: AsyncIterable<string>) {
  const { path, sizeBytes } = await into.write(lines, signal)
  return { format: 'ndjson', path, sizeBytes, compressed: false, encoding: 'utf-8' } as const
}

async function* none(): AsyncGenerator<string> {}

/** Whether the place is worth to be kept though nothing was read. */
function isMoved({ source }: TopicReading, { positions }: Plan, last: Cursor | undefined): boolean {
  if (!last) return source.from === 'latest'
  return [...positions].some(([partition, offset]) => last.next.get(partition) !== offset)
}

function fingerprintOf({ name, id }: Topic, ranges: readonly Range[]): string {
  const what = ranges.map(({ partition, from, to }) => `${partition}:${from}-${to}`).join(',')
  return createHash('sha256')
    .update(`${id || name} ${what}`)
    .digest('base64url')
}

const mostNamed = 3

function nameOf(
  { name }: Topic,
  before: ReadonlyMap<number, bigint>,
  next: ReadonlyMap<number, bigint>,
) {
  const moved = [...next].flatMap(([partition, to]) => {
    const from = before.get(partition) ?? 0n
    return from < to ? [`${partition}:${from}-${to - 1n}`] : []
  })
  const more = moved.length > mostNamed ? ` and ${moved.length - mostNamed} more partitions` : ''
  return `${name} ${moved.slice(0, mostNamed).join(' ')}${more}`
}
