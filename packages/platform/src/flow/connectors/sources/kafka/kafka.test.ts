import { readFileSync } from 'node:fs'
import { Admin, type Message, Producer } from '@platformatic/kafka'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { systemClock } from '#kernel/clock.ts'
import { silentLog } from '#kernel/log.ts'
import { makeOutgoing, type Outgoing } from '#outgoing'
import { startReceiver } from '#outgoing/testing'
import { describeConnector, makeSpool } from '../../testing/index.ts'
import {
  type KafkaServer,
  kafkaUser,
  startKafka,
  withoutKafka,
} from '../../testing/servers/kafka.ts'
import type { KafkaSettings, KafkaSource } from './definition.ts'
import { type KafkaTools, makeKafka } from './kafka.ts'

const leftOut = withoutKafka === '' ? '' : ` (left out: ${withoutKafka})`

describe.skipIf(withoutKafka)(`with a real Kafka${leftOut}`, () => {
  let server: KafkaServer
  let network: Outgoing
  let admin: Admin
  let producer: Producer

  // A broker needs a moment until it knows what it has just made.
  const clientOf = (clientId: string) => ({
    clientId,
    bootstrapBrokers: [server.plain],
    retries: 100,
    retryDelay: 20,
  })

  beforeAll(async () => {
    server = await startKafka()
    const allowPrivate = server.places
    const { ca } = server
    network = makeOutgoing({
      allowPrivate,
      timeoutMs: 5000,
      clock: systemClock,
      log: silentLog,
      trust: [ca],
    })
    const client = clientOf('test')
    admin = new Admin(client)
    producer = new Producer({ ...client, idempotent: true })
  }, 60_000)
  afterAll(async () => {
    await Promise.all([admin?.close(), producer?.close(), network?.close()])
    await server?.stop()
  })

  let names = 0
  const makeTopic = async (
    of: { partitions?: number; configs?: Record<string, string>; topic?: string } = {},
  ) => {
    const { partitions = 1, configs = {}, topic = `topic-${++names}` } = of
    const all = Object.entries(configs).map(([name, value]) => ({ name, value }))
    await admin.createTopics({ topics: [topic], partitions, replicas: 1, configs: all })
    return topic
  }
  type Sent = Partial<Pick<Message, 'partition' | 'timestamp'>> & {
    key?: string | Buffer
    value: string | Buffer | null
    headers?: Map<Buffer, Buffer>
  }
  const bytes = (text: string | Buffer) => Buffer.from(text)
  const send = async (
    topic: string,
    sent: readonly Sent[],
    compression: 'none' | 'gzip' | 'snappy' | 'lz4' | 'zstd' = 'none',
  ) => {
    const messages = sent.map(({ key, value, ...more }) => ({
      topic,
      partition: 0,
      ...(key === undefined ? {} : { key: bytes(key) }),
      // A tombstone has no value; the client's types do not know them.
      value: (value === null ? null : bytes(value)) as Buffer,
      ...more,
    }))
    await producer.send({ messages, acks: -1, compression })
  }
  const numbered = (from: number, count: number, partition = 0): Sent[] =>
    Array.from({ length: count }, (_, i) => ({ partition, value: `{"n":${from + i}}` }))

  const connect = (more: Partial<KafkaTools> = {}) =>
    makeKafka({
      network,
      secret: async (name) => (name === 'right' ? kafkaUser.password : 'wrong'),
      clock: systemClock,
      random: () => 0.1,
      ...more,
    })
  interface Took {
    readonly lines: string[]
    readonly names: string[]
    readonly fingerprints: string[]
    cursor: string | undefined
  }
  const take = async (
    source: KafkaSource,
    of: {
      settings?: Partial<KafkaSettings>
      cursor?: string | undefined
      tools?: Partial<KafkaTools>
      most?: number
    } = {},
  ): Promise<Took> => {
    const took: Took = { lines: [], names: [], fingerprints: [], cursor: of.cursor }
    const batches = connect(of.tools).read({
      settings: { brokers: [server.plain], ...of.settings },
      source,
      cursor: of.cursor,
      known: () => false,
      spool: await makeSpool(),
      signal: AbortSignal.timeout(20_000),
    })
    for await (const { name, fingerprint, file, cursor } of batches) {
      const text = readFileSync(file.path, 'utf8')
      took.lines.push(...text.split('\n').filter((line) => line !== ''))
      took.names.push(name)
      took.fingerprints.push(fingerprint)
      took.cursor = cursor
      if (took.names.length === of.most) break
    }
    return took
  }
  const ns = ({ lines }: Took) => lines.map((line) => JSON.parse(line).n)
  const fault = (code: string, say = '') =>
    expect.objectContaining({ code: `connectors.${code}`, message: expect.stringContaining(say) })

  describeConnector('kafka', async () => {
    const others = await admin.listTopics()
    if (others.length > 0) await admin.deleteTopics({ topics: others })
    const topic = await makeTopic({ partitions: 2 })
    await send(topic, [...numbered(1, 3, 0), ...numbered(4, 2, 1)])
    return {
      connector: connect({ batchRecords: 3 }),
      settings: { brokers: [server.plain] },
      source: { topic },
      change: () => send(topic, numbered(6, 1, 1)),
    }
  })

  test('rows hold what Kafka knows and the members of values, just as they were written', async () => {
    const configs = { 'message.timestamp.after.max.ms': '9223372036854775807' }
    const topic = await makeTopic({ configs })
    const headers = new Map([
      [bytes('source'), bytes('web')],
      [bytes('raw'), Buffer.from([0xff])],
    ])
    const timestamp = 1_704_067_200_123n
    await send(topic, [
      {
        key: 'ü',
        value: '{ "id": 12345678901234567890,\n "d": 1.10, "o": {"a": [1]} }\n',
        timestamp,
        headers,
      },
      { value: '{}', timestamp },
      { key: Buffer.from([0xff, 0x00]), value: null, timestamp },
      { key: '', value: '{"_offset": 5, "b": 2}', timestamp },
    ])
    const head = (offset: number, time: string, more: string) =>
      `{"_partition":0,"_offset":${offset},"_timestamp":${JSON.stringify(time)},${more}`
    const at = '2024-01-01T00:00:00.123Z'
    // On its own, because the client that writes here garbles times that are far apart.
    await send(topic, [{ value: '{"late":1}', timestamp: 99_999_999_999_999_999n }])
    const { lines, names } = await take({ topic })
    expect(lines).toEqual([
      `${head(0, at, '"_key":"ü","_headers":{"source":"web","raw":{"base64":"/w=="}},"_tombstone":false')},"id": 12345678901234567890,  "d": 1.10, "o": {"a": [1]}}`,
      `${head(1, at, '"_key":null,"_headers":null,"_tombstone":false')}}`,
      `${head(2, at, '"_key":null,"_key_base64":"/wA=","_headers":null,"_tombstone":true')}}`,
      `${head(3, at, '"_key":"","_headers":null,"_tombstone":false')},"value_offset":5,"b":2}`,
      `${head(4, '99999999999999999', '"_key":null,"_headers":null,"_tombstone":false')},"late":1}`,
    ])
    expect(names).toEqual([`${topic} 0:0-4`])
  })

  test('what is no JSON object goes on as a list, which the lake rejects and keeps whole', async () => {
    const topic = await makeTopic()
    const values = ['not json', '[1]', '7', 'null', '{"a":', '', Buffer.from([0xc3, 0x28])]
    await send(
      topic,
      values.map((value) => ({ key: 'k', value })),
    )
    const { lines } = await take({ topic })
    const found = lines.map((line) => JSON.parse(line))
    expect(found.map(([, value]) => value)).toEqual([...values.slice(0, -1), { base64: 'wyg=' }])
    expect(found.map(([place]) => place._offset)).toEqual([0, 1, 2, 3, 4, 5, 6])
  })

  test('text is text, and tombstones have none', async () => {
    const topic = await makeTopic()
    await send(topic, [{ value: 'a "b"\nc' }, { value: null }, { value: '{"n":1}' }])
    const { lines } = await take({ topic, format: 'text' })
    expect(lines.map((line) => JSON.parse(line).value)).toEqual(['a "b"\nc', undefined, '{"n":1}'])
  })

  test('values of a schema registry are refused by their place, and nothing is passed over', async () => {
    const topic = await makeTopic()
    await send(topic, [{ value: '{"n":1}' }, { value: Buffer.from([0, 0, 0, 0, 42, 2, 2]) }])
    await expect(take({ topic })).rejects.toThrow(
      fault('registry_value', `0:1 of ${topic} is not JSON but follows schema 42`),
    )
  })

  test.each(['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const)(
    'reads what was compressed with %s',
    async (compression) => {
      const topic = await makeTopic()
      await send(topic, numbered(0, 500), compression)
      expect(ns(await take({ topic }))).toEqual(Array.from({ length: 500 }, (_, i) => i))
    },
  )

  test('goes on from the cursor, batch by batch, each record once', async () => {
    const topic = await makeTopic({ partitions: 3 })
    await send(topic, [...numbered(0, 4, 0), ...numbered(4, 1, 1), ...numbered(5, 4, 2)])
    const tools = { batchRecords: 3 }
    const first = await take({ topic }, { tools, most: 2 })
    expect(first.names).toEqual([`${topic} 0:0-2`, `${topic} 0:3-3 1:0-0 2:0-0`])
    await send(topic, [...numbered(9, 2, 1)])
    const second = await take({ topic }, { tools, cursor: first.cursor })
    expect([...ns(first), ...ns(second)].toSorted((a, b) => a - b)).toEqual([
      0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10,
    ])
    const third = await take({ topic }, { cursor: second.cursor })
    expect(third.names).toEqual([])
    await send(topic, numbered(11, 1, 0))
    expect(ns(await take({ topic }, { cursor: third.cursor }))).toEqual([11])
  })

  test('ends a batch that has grown too large, and goes on behind it', async () => {
    const topic = await makeTopic()
    const large = 'x'.repeat(60_000)
    for (let n = 0; n < 10; n++) {
      const ten = Array.from({ length: 10 }, (_, i) => ({
        value: `{"n":${n * 10 + i},"t":"${large}"}`,
      }))
      await send(topic, ten)
    }
    const { names, lines } = await take({ topic }, { tools: { batchBytes: 1_000_000 } })
    expect(names.length).toBeGreaterThan(1)
    expect(lines.map((line) => JSON.parse(line).n)).toEqual(
      Array.from({ length: 100 }, (_, i) => i),
    )
  })

  test('takes only what had arrived when it began', async () => {
    const topic = await makeTopic()
    await send(topic, numbered(0, 2))
    const batches = connect({ batchRecords: 1 }).read({
      settings: { brokers: [server.plain] },
      source: { topic },
      known: () => false,
      spool: await makeSpool(),
      signal: AbortSignal.timeout(20_000),
    })
    let count = 0
    for await (const _ of batches) {
      count++
      await send(topic, numbered(9, 1))
    }
    expect(count).toBe(2)
  })

  test('begins at the end where it was asked to, and misses nothing from there on', async () => {
    const topic = await makeTopic({ partitions: 2 })
    await send(topic, numbered(0, 2))
    const source = { topic, from: 'latest' } as const
    const first = await take(source)
    expect([first.lines, first.names]).toEqual([[], [`${topic}, from here on`]])
    await send(topic, [...numbered(2, 1), ...numbered(3, 1, 1)])
    await admin.createPartitions({
      topics: [{ name: topic, count: 3, assignments: [{ brokerIds: [1] }] }],
    })
    const later = new Producer(clientOf('later'))
    const messages = [{ topic, partition: 2, value: bytes('{"n":4}') }]
    await later.send({ messages })
    await later.close()
    expect(ns(await take(source, { cursor: first.cursor }))).toEqual([2, 3, 4])
  })

  test('leaves out what was written in a transaction that was aborted', async () => {
    const topic = await makeTopic()
    const writer = new Producer({
      ...clientOf('writer'),
      idempotent: true,
      transactionalId: `tx-${topic}`,
    })
    const write = async (n: number, end: 'commit' | 'abort') => {
      const transaction = await writer.beginTransaction()
      const messages = numbered(n, 2).map(({ value }) => ({
        topic,
        partition: 0,
        value: bytes(value!),
      }))
      await transaction.send({ messages })
      await transaction[end]()
    }
    await write(0, 'commit')
    await write(2, 'abort')
    await write(4, 'commit')
    await send(topic, numbered(6, 1))
    await write(7, 'abort')
    const { lines, cursor } = await take({ topic })
    expect(lines.map((line) => JSON.parse(line).n)).toEqual([0, 1, 4, 5, 6])
    expect((await take({ topic }, { cursor })).names).toEqual([])
    // What is not settled yet waits, and is not passed over.
    const transaction = await writer.beginTransaction()
    await transaction.send({ messages: [{ topic, partition: 0, value: bytes('{"n":9}') }] })
    await send(topic, numbered(10, 1))
    const waiting = await take({ topic }, { cursor })
    expect(waiting.lines).toEqual([])
    await transaction.commit()
    expect(ns(await take({ topic }, { cursor: waiting.cursor }))).toEqual([9, 10])
    await writer.close()
  })

  test('reads over the gaps that compaction leaves', async () => {
    const configs = {
      'cleanup.policy': 'compact',
      'segment.ms': '50',
      'min.cleanable.dirty.ratio': '0.001',
    }
    const topic = await makeTopic({ configs })
    const put = (n: number) => send(topic, [{ key: 'k', value: `{"n":${n}}` }])
    for (let n = 0; n < 5; n++) await put(n)
    let last = 5
    await expect
      .poll(
        async () => {
          await put(last++)
          return ns(await take({ topic }))[0]
        },
        { timeout: 15_000, interval: 100 },
      )
      .toBeGreaterThan(3)
    const { lines, cursor } = await take({ topic })
    expect(lines.length).toBeLessThan(last)
    expect((await take({ topic }, { cursor })).lines).toEqual([])
  })

  const upTo = (topic: string, offset: bigint) =>
    admin.deleteRecords({ topics: [{ name: topic, partitions: [{ partition: 0, offset }] }] })

  test('says how many records were removed before they were read', async () => {
    const topic = await makeTopic()
    await send(topic, numbered(0, 3))
    const { cursor } = await take({ topic })
    await send(topic, numbered(3, 5))
    await upTo(topic, 6n)
    await expect(take({ topic }, { cursor })).rejects.toThrow(
      fault(
        'records_gone',
        `up to 3 records of ${topic} were removed before they were read (3 of partition 0)`,
      ),
    )
    const went = await take({ topic, on_loss: 'go_on' }, { cursor })
    expect([ns(went), went.names]).toEqual([[6, 7], [`${topic} 0:6-7, after up to 3 lost records`]])
    await upTo(topic, 8n)
    const empty = await take({ topic, on_loss: 'go_on' }, { cursor })
    expect(empty.names).toEqual([`${topic}, from here on, after up to 5 lost records`])
    await expect(take({ topic }, { cursor: empty.cursor })).resolves.toMatchObject({ names: [] })
  })

  test('tells a topic that was made anew, also one that has grown as long', async () => {
    const topic = await makeTopic()
    await send(topic, numbered(0, 3))
    const { cursor, fingerprints } = await take({ topic })
    await admin.deleteTopics({ topics: [topic] })
    await expect.poll(() => admin.listTopics()).not.toContain(topic)
    await makeTopic({ topic })
    await send(topic, numbered(10, 5))
    await expect(take({ topic }, { cursor })).rejects.toThrow(
      fault('topic_made_anew', 'it has another id'),
    )
    const anew = await take({ topic, on_loss: 'go_on' }, { cursor })
    expect([ns(anew), anew.names[0]]).toEqual([
      [10, 11, 12, 13, 14],
      `${topic} 0:0-4, of a topic that was made anew`,
    ])
    expect(anew.fingerprints).not.toEqual(fingerprints)
    expect((await take({ topic }, { cursor: anew.cursor })).names).toEqual([])
    // Where brokers do not tell the id of a topic, only its offsets do.
    const withoutId = JSON.stringify({ topic: '', next: { 0: '9' } })
    await expect(take({ topic }, { cursor: withoutId })).rejects.toThrow(
      fault('topic_made_anew', 'partition 0 ends before the offset'),
    )
  })

  test('names the topic that may have been meant, and makes none', async () => {
    await makeTopic({ topic: 'orders-2024' })
    await expect(take({ topic: 'orders-2042' })).rejects.toThrow(
      fault('no_such_topic', '"orders-2042"; did you mean "orders-2024"?'),
    )
    await expect(take({ topic: 'no/such' })).rejects.toThrow(fault('no_such_topic'))
    expect(await admin.listTopics()).not.toContain('orders-2042')
  })

  const sasl = (
    mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512',
    secret = 'right',
    user = kafkaUser.user,
  ) => ({
    sasl: { mechanism, user, password: { secret } },
  })

  test.each(['plain', 'scram-sha-256', 'scram-sha-512'] as const)(
    'signs in with %s, with and without TLS',
    async (mechanism) => {
      const topic = await makeTopic()
      await send(topic, numbered(1, 1))
      const open: KafkaSettings = { brokers: [server.signedIn], tls: 'off', ...sasl(mechanism) }
      expect(ns(await take({ topic }, { settings: open }))).toEqual([1])
      const closed: KafkaSettings = {
        brokers: [server.secure],
        tls: 'require',
        ca: server.ca,
        ...sasl(mechanism),
      }
      expect(ns(await take({ topic }, { settings: closed }))).toEqual([1])
      const wrong = await take(
        { topic },
        { settings: { ...open, ...sasl(mechanism, 'wrong') } },
      ).catch(String)
      expect(wrong).toContain(`does not let "reader" in: Authentication failed`)
    },
  )

  test('says what is wrong with the connection', async () => {
    const topic = await makeTopic()
    const failing = (settings: Partial<KafkaSettings>) => take({ topic }, { settings })
    await expect(
      failing({ brokers: [server.plain], tls: 'off', ...sasl('plain') }),
    ).rejects.toThrow(fault('cannot_sign_in', 'it asks nobody to sign in'))
    await expect(failing({ brokers: [server.signedIn], tls: 'off' })).rejects.toThrow(
      fault('connection_lost', 'a sign-in (sasl)'),
    )
    await expect(failing({ brokers: [server.secure], tls: 'off' })).rejects.toThrow(
      fault('connection_lost', 'it speaks TLS'),
    )
    await expect(failing({ brokers: [server.plain], tls: 'require' })).rejects.toThrow(
      fault('no_secure_connection'),
    )
    await expect(failing({ brokers: [server.secure], tls: 'require' })).rejects.toThrow(
      fault('no_secure_connection', 'self-signed certificate'),
    )
    await expect(failing({ brokers: ['10.0.0.1:9092'] })).rejects.toThrow('is not a public address')
    const second = await take({ topic }, { settings: { brokers: ['127.0.0.1:9', server.plain] } })
    expect(second.names).toEqual([])
  })

  test('does not follow brokers to addresses that nobody allowed', async () => {
    const topic = await makeTopic()
    await send(topic, numbered(1, 1))
    const settings = { brokers: [server.misleading] }
    await expect(take({ topic }, { settings })).rejects.toThrow(
      /^(?!.*leads to).*127\.0\.0\.1 is not a public address.*TESSERA_ALLOW_PRIVATE=127\.0\.0\.1:\d+/,
    )
  })

  test('is not fooled by what is no Kafka', async () => {
    const web = await startReceiver((_, response) => response.end())
    const guarded = makeOutgoing({
      allowPrivate: [`127.0.0.1:${web.port}`],
      timeoutMs: 2000,
      clock: systemClock,
      log: silentLog,
    })
    const settings = { brokers: [`127.0.0.1:${web.port}`] }
    await expect(take({ topic: 'x' }, { settings, tools: { network: guarded } })).rejects.toThrow(
      fault('connection_lost', 'is not Kafka'),
    )
    await guarded.close()
    await web.close()
  })

  test('comes back when a connection breaks off in between', async () => {
    const topic = await makeTopic()
    await send(topic, numbered(0, 6))
    const sockets: { destroy: () => void }[] = []
    const fragile: Outgoing = {
      ...network,
      connect: async (to) => {
        const socket = await network.connect(to)
        sockets.push(socket)
        return socket
      },
    }
    const batches = connect({ batchRecords: 2, network: fragile }).read({
      settings: { brokers: [server.plain] },
      source: { topic },
      known: () => false,
      spool: await makeSpool(),
      signal: AbortSignal.timeout(20_000),
    })
    const found: string[] = []
    for await (const { file } of batches) {
      found.push(...readFileSync(file.path, 'utf8').trim().split('\n'))
      for (const socket of sockets.splice(0)) socket.destroy()
    }
    expect(found.map((line) => JSON.parse(line).n)).toEqual([0, 1, 2, 3, 4, 5])
  })
})
