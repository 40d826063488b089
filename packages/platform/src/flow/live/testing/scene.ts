import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { eventFieldsOf } from '#actions'
import { type Engine, sql } from '#engine'
import { folderEngine } from '#engine/testing'
import { emailAndPhone, putRows, unify, type WrittenRow } from '#identity/testing'
import { type InsightShape, prepareInsights } from '#insights'
import { stoppedClock } from '#kernel/clock.ts'
import { silentLog } from '#kernel/log.ts'
import { type LakeField, logPositionOf, prepareEvents, prepareLake, takeEvents } from '#lake'
import { type EventLog, openLog } from '#log'
import { modelOf, modelTable } from '#model'
import { prepareSegments } from '#segments'
import type { Counter } from '../definition.ts'
import { type LiveProfiles, makeLive } from '../live.ts'

/** The stream and the source of events of a scene. */
export const site = 'site'

/** An event as a test says it. */
export interface Said {
  readonly user?: string
  readonly anonymous?: string
  readonly event: string
  readonly lateMs?: number
  readonly id?: string
  readonly properties?: Readonly<Record<string, string | number>>
}

/** A log, a lake, unified people, and live profiles over them, with a clock that stands until it is moved. */
export interface LiveScene {
  readonly engine: Engine
  readonly events: EventLog
  readonly clock: ReturnType<typeof stoppedClock>
  readonly live: LiveProfiles
  /** Makes these the counters. */
  readonly count: (counters: readonly Counter[]) => Promise<void>
  readonly send: (...events: readonly Said[]) => Promise<void>
  /** Brings everything in the log into the lake. */
  readonly toLake: () => Promise<void>
  /** Gives people e-mail addresses; who shares one becomes one person. */
  readonly people: (emails: Readonly<Record<string, string>>) => Promise<void>
  /** Other live profiles over the same, as after a restart. */
  readonly restart: (of?: {
    readonly mostBytes?: number
    readonly idleMs?: number
  }) => Promise<LiveProfiles>
}

const text = (name: string, label: string): LakeField => ({ name, label, type: 'text' })
const fields: readonly LakeField[] = [
  text('type', 'type'),
  text('event', 'event'),
  text('message_id', 'messageId'),
  text('user_id', 'userId'),
  text('anonymous_id', 'anonymousId'),
  { name: 'timestamp', label: 'timestamp', type: 'timestamp' },
  { name: 'received_at', label: 'receivedAt', type: 'timestamp' },
  { name: 'properties_price', label: 'properties.price', type: 'number' },
]
const shape = { key: site, mode: 'append' as const, primaryKey: [], fields }
const model = modelOf([])

/** Opens a scene; closed after the tests of the file. */
export async function liveScene(
  of: { readonly insights?: readonly InsightShape[] } = {},
): Promise<LiveScene> {
  const { engine, folder } = await folderEngine()
  const clock = stoppedClock(new Date('2026-03-01T12:00:00Z'))
  await prepareLake(engine)
  await prepareEvents(engine, [shape])
  await prepareInsights(engine)
  await prepareSegments(engine)
  const events = await openLog({ file: join(folder, 'log.sqlite'), clock, log: silentLog })
  let counters: readonly Counter[] = []
  const open: LiveProfiles[] = []
  const restart: LiveScene['restart'] = async ({
    mostBytes = 64 * 1024 ** 2,
    idleMs = 60_000,
  } = {}) => {
    const live = makeLive({
      engine,
      events,
      clock,
      log: silentLog,
      model: async () => model,
      insights: async () => of.insights ?? [],
      watched: async () => [
        { stream: site, source: site, fields: eventFieldsOf(fields), counters },
      ],
      mostBytes,
      idleMs,
      restMs: 0,
    })
    open.push(live)
    await live.reload()
    await live.start()
    return live
  }
  const people = async (emails: Readonly<Record<string, string>>) => {
    for (const object of ['individual', 'contact_point_email'])
      if ((await engine.tables('model')).some(({ name }) => name === object))
        await engine.change('test', (writer) => writer.run(sql`delete from ${modelTable(object)}`))
    const rows = Object.entries(emails).map(([id, email]): [WrittenRow, WrittenRow] => [
      { source: site, id, first_name: `name ${id}` },
      { source: site, id: `${id}:email`, individual_id: id, email_address: email },
    ])
    await putRows(
      engine,
      model,
      'individual',
      rows.map(([person]) => person),
    )
    await putRows(
      engine,
      model,
      'contact_point_email',
      rows.map(([, email]) => email),
    )
    await unify(engine, model, emailAndPhone)
  }
  await people({})
  const live = await restart()
  afterAll(async () => {
    for (const one of open) await one.stop()
    await events.close()
  })
  let sent = 0
  return {
    engine,
    events,
    clock,
    live,
    people,
    restart,
    count: async (now) => {
      counters = now
      await live.reload()
      await live.settled()
    },
    send: async (...said) => {
      const now = clock.now()
      await events.append(
        said.map(({ user, anonymous, event, lateMs = 0, id = `m${++sent}`, properties }) => ({
          stream: site,
          kind: 'put',
          id,
          body: JSON.stringify({
            type: 'track',
            event,
            messageId: id,
            userId: user,
            anonymousId: anonymous,
            timestamp: new Date(now.getTime() - lateMs).toISOString(),
            receivedAt: now.toISOString(),
            properties,
          }),
        })),
      )
    },
    toLake: async () => {
      const from = await logPositionOf(engine)
      if (events.head() <= from) return
      const chunks = await events.read(from, { maxBytes: 1024 ** 3 })
      const path = join(folder, `lines${from}.txt`)
      writeFileSync(path, Buffer.concat(chunks.map(({ lines }) => lines)))
      const range = { from: from + 1, to: events.head() }
      const signal = AbortSignal.timeout(20_000)
      await takeEvents(engine, { path, ...range, shapes: [shape], at: clock.now(), signal })
    },
  }
}
