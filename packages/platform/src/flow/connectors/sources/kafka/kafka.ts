import { type Connector, defineConnector, type ReachingTools } from '../../connector.ts'
import { type KafkaSettings, kafkaDefinition } from './definition.ts'

/** What the connector for Kafka is given. */
export interface KafkaTools extends ReachingTools {
  readonly random?: () => number
  /** How many offsets a batch covers at most. */
  readonly batchRecords?: number
  readonly batchBytes?: number
}

const defaults = { random: Math.random, batchRecords: 100_000, batchBytes: 64 * 1024 ** 2 }

/** Reads topics of Kafka. Offsets are kept with the rows, so no consumer group is needed. */
export function makeKafka(given: KafkaTools): Connector {
  const tools = { ...defaults, ...given }
  const open = async (settings: KafkaSettings, signal: AbortSignal) => {
    // The client library takes its time to load, and most processes never need it.
    const { openCluster } = await import('./cluster.ts')
    return openCluster({ ...tools, settings, signal })
  }
  return defineConnector({
    ...kafkaDefinition,
    list: async ({ settings, signal }) => {
      const cluster = await open(settings, signal)
      try {
        const topics = await cluster.topics()
        return topics.map((topic) => ({ name: topic, source: { topic } }))
      } finally {
        cluster.close()
      }
    },
    async *read(of) {
      const cluster = await open(of.settings, of.signal)
      try {
        const { readTopic } = await import('./reading.ts')
        const { batchRecords: mostRecords, batchBytes: mostBytes } = tools
        yield* readTopic({ ...of, cluster, mostRecords, mostBytes })
      } finally {
        cluster.close()
      }
    },
  })
}
