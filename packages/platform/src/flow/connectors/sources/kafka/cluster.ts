import { setTimeout as sleep } from 'node:timers/promises'
import type { RecordsBatch } from '@platformatic/kafka'
import { didYouMean } from '#kernel/near.ts'
import { backoffMs } from '#outgoing'
import { connectorFaults } from '../../faults.ts'
import type { Broker, BrokerPlace, BrokerTools } from './broker.ts'
import type { Bounds } from './plan.ts'
import { makePool } from './pool.ts'
import { codeOf, isPassing, protocolErrors, troubleOf } from './trouble.ts'

/** A topic as it is now. */
export interface Topic {
  readonly name: string
  /** Another one when it was removed and made anew; empty where the brokers do not tell. */
  readonly id: string
}

/** What a broker gave of a partition. */
export interface Fetched {
  readonly batches: readonly RecordsBatch[]
  readonly aborted: readonly { readonly producerId: bigint; readonly firstOffset: bigint }[]
  readonly throttledMs: number
}

/** Where to fetch, and how much at once; a batch that is larger comes whole all the same. */
export interface FetchPlace {
  readonly partition: number
  readonly offset: bigint
  readonly mostBytes: number
}

/** The brokers of a connection, asked by what they lead. */
export interface Cluster {
  readonly topics: () => Promise<readonly string[]>
  readonly topic: (name: string) => Promise<Topic>
  /** For each partition the first offset there is, and the one after the last that is settled. */
  readonly bounds: (topic: Topic) => Promise<readonly Bounds[]>
  readonly fetch: (topic: Topic, from: FetchPlace) => Promise<Fetched>
  readonly close: () => void
}

/** What a cluster needs. */
export interface ClusterTools extends BrokerTools {
  readonly random: () => number
}

const attempts = 5
const recordFormat = 2
const fetchWaitMs = 500
// Records of transactions that were not committed are neither counted nor given.
const committedOnly = 1

/** Makes what asks the brokers of a connection; the first that answers is asked for the others. */
export function openCluster(tools: ClusterTools): Cluster {
  const { signal, settings } = tools
  const { brokerAt, anyBroker, close } = makePool(tools)
  const places = new Map<number, BrokerPlace>()
  const leaders = new Map<string, number>()

  const leaderOf = async (topic: string, partition: number) => {
    const key = `${topic}/${partition}`
    if (!leaders.has(key)) await look([topic])
    const place = places.get(leaders.get(key) ?? -1)
    if (place) return brokerAt(place)
    throw connectorFaults.no_leader({ topic, partition })
  }
  const look = async (topics: string[] | null) => {
    const { wire, metadata } = await anyBroker()
    // Nothing is made by looking.
    const told = await wire.call(metadata, topics, false, false)
    for (const { nodeId, host, port } of told.brokers) places.set(nodeId, { host, port })
    for (const { name, partitions } of told.topics) {
      for (const { partitionIndex, leaderId } of partitions) {
        leaders.set(`${name}/${partitionIndex}`, leaderId)
      }
    }
    return told.topics
  }
  /** Does something, again with new connections and leaders where that may help. */
  const persist = async <T>(topic: string, work: () => Promise<T>): Promise<T> => {
    for (let attempt = 1; ; attempt++) {
      try {
        return await work()
      } catch (thrown) {
        signal.throwIfAborted()
        const at = settings.brokers.join(', ')
        const user = settings.sasl?.user ?? ''
        if (attempt >= attempts || !isPassing(thrown)) throw troubleOf(thrown, { at, topic, user })
        leaders.clear()
        const waitMs = backoffMs(attempt, tools.random, { firstMs: 400 })
        await sleep(waitMs, undefined, { signal }).catch(() => signal.throwIfAborted())
      }
    }
  }
  const topics = async () => {
    const found = await persist('', () => look(null))
    const names = found.map(({ name, isInternal }) => (isInternal || !name ? '' : name))
    return names.filter((name) => name !== '').sort()
  }
  const topic = async (name: string) => {
    const [found] = await persist(name, () => look([name]).catch(knownOr(name, topics)))
    const id = found?.topicId ?? ''
    return { name, id: /[1-9a-f]/i.test(id) ? id : '' }
  }
  const bounds = (of: Topic) =>
    persist(of.name, async () => {
      const [found] = await look([of.name])
      const all = (found?.partitions ?? []).map(async ({ partitionIndex: partition }) => {
        const leader = await leaderOf(of.name, partition)
        const [start, end] = [
          await offsetAt(leader, of, partition, earliest),
          await offsetAt(leader, of, partition, latest),
        ]
        return { partition, start, end }
      })
      return (await Promise.all(all)).sort((a, b) => a.partition - b.partition)
    })
  return {
    topics,
    topic,
    bounds,
    fetch: (of, from) =>
      persist(of.name, async () => fetchOne(await leaderOf(of.name, from.partition), of, from)),
    close,
  }
}

const [latest, earliest] = [-1n, -2n]

async function offsetAt(
  { wire, listOffsets }: Broker,
  { name }: Topic,
  partition: number,
  timestamp: bigint,
): Promise<bigint> {
  const partitions = [{ partitionIndex: partition, currentLeaderEpoch: -1, timestamp }]
  const told = await wire.call(listOffsets, -1, committedOnly, [{ name, partitions }])
  return told.topics[0]?.partitions[0]?.offset ?? 0n
}

async function fetchOne(
  { wire, fetch }: Broker,
  { name }: Topic,
  { partition, offset: fetchOffset, mostBytes }: FetchPlace,
): Promise<Fetched> {
  const limits = { currentLeaderEpoch: -1, lastFetchedEpoch: -1, partitionMaxBytes: mostBytes }
  const asked = [{ topicId: name, partitions: [{ partition, fetchOffset, ...limits }] }]
  const told = await wire.call(
    fetch,
    fetchWaitMs,
    1,
    mostBytes,
    committedOnly,
    0,
    -1,
    asked,
    [],
    '',
  )
  const found = told.responses[0]?.partitions[0]
  const batches = found?.records ?? []
  if (batches.some(({ magic }) => magic !== recordFormat)) {
    throw connectorFaults.broker_trouble({
      at: name,
      why: 'its records are in a format of before 2017',
    })
  }
  return {
    batches,
    aborted: found?.abortedTransactions ?? [],
    throttledMs: told.throttleTimeMs,
  }
}

/** A topic that is not there is told with the one that may have been meant. */
const knownOr =
  (topic: string, topics: () => Promise<readonly string[]>) => async (thrown: unknown) => {
    const code = codeOf(thrown)
    if (code !== protocolErrors.unknownTopic && code !== protocolErrors.invalidTopic) throw thrown
    throw connectorFaults.no_such_topic({ topic, near: didYouMean(topic, await topics()) })
  }
