import { join } from 'node:path'
import { afterAll } from 'vitest'
import {
  collectMigrations,
  type Item,
  type Message,
  makeCollecting,
  type Verdict,
  writeKeyRecords,
} from '#collect'
import { makeConnectors, openSpool } from '#connectors'
import { nowhere } from '#connectors/testing'
import { readFiles } from '#definitions'
import { memoryDefinitions } from '#definitions/testing'
import { folderEngine } from '#engine/testing'
import { rulesetKind } from '#identity'
import { jobMigrations, makeJobs } from '#jobs'
import { systemCaller } from '#kernel/caller.ts'
import { stoppedClock, systemClock } from '#kernel/clock.ts'
import { countedIds } from '#kernel/ids.ts'
import { silentLog } from '#kernel/log.ts'
import { prepareEvents, prepareLake } from '#lake'
import { temporaryLog } from '#log/testing'
import {
  mappingKind,
  modelIn,
  modelNodes,
  modelObjectKind,
  modelRefresher,
  prepareMappings,
  prepareModel,
} from '#mappings'
import {
  type ConnectionDefinition,
  connectionKind,
  liveStreamsIn,
  makeStreams,
  runRecords,
  type StreamDefinition,
  streamKind,
  streamMigrations,
} from '#streams'
import { makeArrivals } from '../arrivals.ts'
import { arrivalMigrations } from '../records.ts'

/** Everything from the door to the model, real, with the definitions of these documents. */
export async function makeHouse(documents: string) {
  const { engine, folder } = await folderEngine()
  const clock = stoppedClock(new Date('2026-03-30T10:30:00Z'))
  const events = await temporaryLog({ clock })
  const connectors = makeConnectors({
    ...nowhere,
    baseFolder: folder,
    closedFolders: [],
    uploadsFolder: folder,
  })
  const { definitions, store, audit } = await memoryDefinitions([
    connectionKind(connectors),
    streamKind({ connectors, problemWithSchedule: () => undefined }),
    modelObjectKind,
    mappingKind(() => undefined),
    rulesetKind,
  ])
  await store.migrate('jobs', jobMigrations)
  await store.migrate('collect', collectMigrations)
  await store.migrate('arrivals', arrivalMigrations)
  await store.migrate('streams', streamMigrations)
  const ids = countedIds()
  const spool = await openSpool({ folder: join(folder, 'spool'), ids })
  await prepareLake(engine)
  await prepareMappings(engine)
  const liveStreams = async () => liveStreamsIn(await definitions.catalogue(), connectors)
  const collecting = makeCollecting({
    engine,
    events,
    keys: writeKeyRecords(store),
    spool,
    clock,
    ids,
    log: silentLog,
    streams: liveStreams,
    record: async () => {},
    onRound: () => {},
  })
  const define = async (text: string) => {
    const plan = await definitions.plan(readFiles([{ file: 'test.yaml', text }]))
    await definitions.apply(plan, systemCaller)
    await prepareEvents(
      engine,
      (await liveStreams()).map(({ shape }) => shape),
    )
    await prepareModel(engine, modelIn(await definitions.catalogue()))
    await collecting.reload()
  }
  await define(documents)
  await collecting.start()
  afterAll(async () => {
    await jobs.stop()
    await collecting.stop()
    await store.close()
  })
  const jobs = makeJobs({ store, clock: systemClock, ids, log: silentLog, pollMs: 20 })
  const arrivals = makeArrivals({
    engine,
    events,
    clock,
    catalogue: definitions.catalogue,
    collecting,
    spool,
    audit,
    store,
    jobs,
    ids,
    liveStreams,
  })
  await jobs.start()
  const streams = makeStreams({
    engine,
    connectors,
    spool,
    ids,
    collecting,
    log: silentLog,
    now: clock.now,
    runs: runRecords(store),
    streams: async () => (await definitions.catalogue()).list<StreamDefinition>('stream'),
    connection: async (key) =>
      (await definitions.catalogue()).get<ConnectionDefinition>('connection', key).body,
  })
  const catchUp = () => collecting.catchUp(AbortSignal.timeout(20_000))
  const refresh = modelRefresher({ engine, catalogue: definitions.catalogue })
  return {
    engine,
    events,
    clock,
    store,
    audit,
    folder,
    define,
    collecting,
    jobs,
    catchUp,
    catalogue: definitions.catalogue,
    spool,
    liveStreams,
    arrivals,
    /** Sends items to a stream, as a wire would. */
    send: async (stream: string, ...items: readonly Item[]): Promise<readonly Verdict[]> => {
      const target = collecting.intake.targetOf(stream)
      if (!target) throw new Error(`${stream} does not receive`)
      return collecting.intake.take(target, items, { wire: 'test', receivedAt: clock.now() })
    },
    streams,
    /** Takes what is new at the source of a stream, a second later. */
    pull: (stream: string) => {
      clock.move(1000)
      return streams.run(stream, { signal: AbortSignal.timeout(20_000) })
    },
    /** Brings the model up to date. */
    mapAll: async () => {
      await catchUp()
      const tools = {
        signal: AbortSignal.timeout(20_000),
        progress: () => {},
        scope: 'whole' as const,
        from: {},
        to: {},
      }
      for (const node of modelNodes(await definitions.catalogue(), new Map()))
        await refresh(node, tools)
    },
  }
}

/** A message of a sender, with its id. */
export const item = (id: string, value: Message): Item => ({
  id,
  value: { messageId: id, ...value },
})
