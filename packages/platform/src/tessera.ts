import { randomBytes } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { accessMigrations, accessRoutes, firstTokenIn, makeAccess } from '#access'
import {
  actionKind,
  actionMigrations,
  actionRoutes,
  type EventFields,
  eventFieldsOf,
  makeActions,
  makeProfileOf,
  nodesOfActions,
  ownForm,
  prepareActions,
  refresherOfActions,
} from '#actions'
import {
  activationKinds,
  activationMigrations,
  activationRoutes,
  destinations,
  type Foresight,
  makeActivations,
  nodesOfActivations,
  prepareActivation,
  refresherOfActivations,
  usualPatience,
} from '#activation'
import { arrivalMigrations, arrivalRoutes, makeAlertWatch, makeArrivals } from '#arrivals'
import { auditMigrations, auditRoutes, makeAudit } from '#audit'
import {
  collectMigrations,
  collectRoutes,
  type LiveStream,
  makeCollecting,
  writeKeyRecords,
} from '#collect'
import { type Connectors, makeConnectors, openSpool } from '#connectors'
import { dataCloudForm, dataCloudMigrations, ingestSchemaRoutes } from '#data-cloud'
import { decisionKind, decisionMigrations, decisionRoutes, makeDecisions } from '#decisions'
import {
  type Catalogue,
  definitionMigrations,
  definitionRoutes,
  makeDefinitions,
} from '#definitions'
import { openDuckdb } from '#engine'
import {
  type Graph,
  type GraphNode,
  graphMigrations,
  graphRoutes,
  makeGraph,
  type Refresher,
  withKnownInputs,
} from '#graph'
import {
  askedRunRoutes,
  decisiveObjects,
  defaultRulesetRoutes,
  identityMigrations,
  identityNodes,
  identityRoutes,
  makeAskedRuns,
  makeIdentity,
  makeMatchModels,
  makeSimulations,
  matchModelKind,
  matchModelRoutes,
  modelMemory,
  prepareUnified,
  publishedPositions,
  refreshIdentity,
  rulesetKind,
  rulesetsIn,
  simulationRoutes,
  unifiedRelations,
  unifiedSubjects,
} from '#identity'
import {
  askedRefresh,
  insightKind,
  insightNodes,
  insightRefresher,
  insightRoutes,
  insightsIn,
  makeInsights,
  prepareInsights,
  shapesReader,
} from '#insights'
import { jobMigrations, jobRoutes, makeJobs, nextTime } from '#jobs'
import { type Clock, systemClock } from '#kernel/clock.ts'
import type { Config } from '#kernel/config.ts'
import { sentenceOf } from '#kernel/fault.ts'
import type { Front } from '#kernel/front.ts'
import { randomIds } from '#kernel/ids.ts'
import type { Log } from '#kernel/log.ts'
import type { Route } from '#kernel/route.ts'
import { changePositions, fieldsByStream, type LakeField, prepareLake } from '#lake'
import {
  asksPeople,
  counterKind,
  countersIn,
  factFieldsIn,
  type LiveProfiles,
  liveRoutes,
  makeLive,
  problemsOfFacts,
  type Watched,
} from '#live'
import { openLog } from '#log'
import {
  lakeRelations,
  type MappingDefinition,
  mappingFollower,
  mappingKind,
  mappingRoutes,
  modelIn,
  modelNodes,
  modelObjectKind,
  modelPositions,
  modelRefresher,
  modelRelations,
  prepareMappings,
  prepareModel,
} from '#mappings'
import type { Model } from '#model'
import { makeForesight, makeOutgoing } from '#outgoing'
import { keptWithin, makeIdentified, makeProfiles, profileRoutes } from '#profiles'
import { makeExplore, queryRoutes, type Relation, savedQueryKind } from '#query'
import { makeResolver, resolverRoutes } from '#resolver'
import {
  type Follower,
  lookAtMachine,
  makeBackups,
  makeFollower,
  makeRuns,
  type Runs,
  runRoutes,
  type SourceSchedule,
  settingsOf,
  summarise,
} from '#runs'
import {
  askedPublish,
  type Condition,
  makeSegments,
  prepareSegments,
  scheduledAsOf,
  segmentKind,
  segmentMigrations,
  segmentNodes,
  segmentRefresher,
  segmentRelation,
  segmentRoutes,
  segmentsIn,
} from '#segments'
import { holdFolder, openSecrets, openStore, type Secrets, type Store, secretRoutes } from '#store'
import {
  type ConnectionDefinition,
  connectionKind,
  connectRoutes,
  isWaiting,
  knownFields,
  liveStreamsIn,
  makeStreams,
  retypeReceived,
  runRecords,
  type StreamDefinition,
  streamKind,
  streamMigrations,
  streamNodes,
  streamRefresher,
  streamRoutes,
} from '#streams'
import { makeTick, prepareTick, type Tick, tickRoutes } from '#tick'
import type { TrialLedger, TrialRooms } from '#trials'
import { problemWithMended } from '#wire'
import { happenIn, makeFronts } from './fronts.ts'

/** Where a Tessera lives and what it may reach, beside its configuration. */
export interface TesseraOptions {
  readonly config: Config
  readonly log: Log
  readonly dataFolder: string
  /** Where relative folders of connections begin. */
  readonly filesFolder: string
  readonly allowPrivate: readonly string[]
  /** Whether schedules are kept: by a server, not by a command that is here for a moment. */
  readonly schedules: 'fire' | 'leave'
  /** Of a test of definitions: what stands in the place of the world outside. */
  readonly outside?: Outside
}

/** What stands in the place of time, of the network and of what is secret. */
export interface Outside extends Pick<TrialLedger, 'destinations' | 'outgoing'> {
  readonly clock: Clock
  readonly secret: (name: string) => Promise<string>
  /** Fields that events of a stream will bring, as if some had come before. */
  readonly expected: (stream: string) => readonly LakeField[]
}

/** All rooms of one data folder, wired together. */
export interface Tessera {
  readonly routes: readonly Route[]
  /** The wires by which others send. */
  readonly fronts: readonly Front[]
  readonly access: ReturnType<typeof makeAccess>
  readonly ids: ReturnType<typeof randomIds>
  readonly graph: Graph
  /** The token that opens the door to whoever may read the data folder. */
  readonly token: string
  /** Tells other processes where this one can be reached. */
  readonly announce: (address: string) => void
  /** The rooms that a test of definitions speaks to. */
  readonly rooms: TrialRooms
  readonly close: () => Promise<void>
}

/** Opens a data folder: takes hold of it, brings its tables up to date, begins its work. */
export async function openTessera(options: TesseraOptions): Promise<Tessera> {
  const hold = holdFolder(options.dataFolder)
  try {
    return await wire(options, hold)
  } catch (thrown) {
    hold.release()
    throw thrown
  }
}

/** What deliveries will meet; a test of definitions meets another world than the one that they are for. */
function foresightOf(
  outside: Outside | undefined,
  of: {
    readonly allowances: readonly string[]
    readonly secrets: Secrets
    readonly folders: Foresight['folders']
  },
) {
  if (outside) return undefined
  const { allowances, secrets, folders } = of
  return {
    refusalOf: makeForesight(allowances),
    secret: secrets.get,
    secretNames: async () => (await secrets.list()).map(({ name }) => name),
    folders,
  }
}

async function wire(
  { config, log, dataFolder, filesFolder, allowPrivate, schedules, outside }: TesseraOptions,
  hold: ReturnType<typeof holdFolder>,
): Promise<Tessera> {
  const clock = outside?.clock ?? systemClock
  const startedAt = clock.now()
  const ids = randomIds(clock.now, randomBytes)
  const uploadsFolder = join(dataFolder, 'uploads')
  const outFolder = join(dataFolder, 'out')
  for (const folder of [uploadsFolder, outFolder])
    mkdirSync(folder, { recursive: true, mode: 0o700 })

  // Foundation
  const store = await openStore({ file: join(dataFolder, 'store.sqlite'), log, clock })
  await migrate(store)
  const engine = await openDuckdb({
    ...config,
    folder: dataFolder,
    ...(outside ? { clock: outside.clock } : {}),
  })
  const audit = makeAudit({ store, clock })
  const access = makeAccess({ store, audit, clock, ids })
  await access.ensureFirstToken(dataFolder)
  const events = await openLog({
    file: join(dataFolder, 'log.sqlite'),
    clock,
    log,
    retentionMs: config.retentionDays * 86_400_000,
    dedup: { folder: join(dataFolder, 'ids'), memoryBytes: config.idMemoryBytes },
  })
  const kept = await openSecrets({ store, folder: dataFolder, clock })
  const secrets = outside ? { ...kept, get: outside.secret } : kept
  const jobs = makeJobs({ store, clock, ids, log })
  const allowances = [...config.allowPrivate, ...allowPrivate]
  const outgoing =
    outside?.outgoing ??
    makeOutgoing({
      allowPrivate: allowances,
      timeoutMs: 30_000,
      clock,
      log,
    })
  const spool = await openSpool({ folder: join(dataFolder, 'spool'), ids })
  await spool.sweep()
  const connectors = makeConnectors({
    baseFolder: filesFolder,
    closedFolders: [dataFolder],
    uploadsFolder,
    network: outgoing,
    secret: secrets.get,
    clock,
  })

  // What is defined. Fields of streams are kept at hand, as checks of definitions cannot wait for the engine.
  const lakeFields = new Map<string, readonly LakeField[]>()
  let definitionsChanged = () => {}
  let follower: Follower | undefined
  let tick: Tick | undefined
  let liveProfiles: LiveProfiles | undefined
  const lookAtLake = async (streams: readonly string[]) => {
    const fields = await fieldsByStream(engine, streams)
    for (const stream of streams) lakeFields.set(stream, fields.get(stream) ?? [])
  }
  const cameTo = (stream: string) => ({ stream, came: lakeFields.get(stream) ?? [] })
  const fieldsIn = (stream: string, all: Catalogue) => knownFields(all, connectors, cameTo(stream))
  const isAwaited = (stream: string, all: Catalogue) => isWaiting(all, connectors, cameTo(stream))
  const eventFields = (stream: string, all: Catalogue) => {
    const received = liveStreamsIn(all, connectors).find(({ key }) => key === stream)
    return received?.shape.mode === 'append' ? fieldsIn(stream, all) : undefined
  }
  const relationsIn = relationsReader()
  const shapesIn = shapesReader(relationsIn, modelIn)
  const folders = { base: outFolder, allowed: [] }
  const foresight = foresightOf(outside, { allowances, secrets, folders })
  const knownToActions = {
    modelIn,
    shapesIn,
    problemsOfWho: (who: Condition, all: Catalogue, at: string) =>
      problemsOfFacts(who, factFieldsIn(all, { modelIn, shapesIn }), at),
    eventFields,
    forms: [ownForm, dataCloudForm].map(({ key }) => key),
    refusalOf: foresight?.refusalOf,
  }
  const definitions = makeDefinitions({
    store,
    clock,
    audit,
    secrets: foresight?.secretNames,
    onChange: () => definitionsChanged(),
    kinds: [
      connectionKind(connectors),
      streamKind({
        connectors,
        problemWithSchedule: (cron) => problemWithSchedule(cron, clock.now()),
      }),
      savedQueryKind,
      modelObjectKind,
      mappingKind(fieldsIn, isAwaited),
      matchModelKind,
      rulesetKind,
      insightKind(relationsIn, {
        modelIn,
        problemWithSchedule: (cron) => problemWithSchedule(cron, clock.now()),
      }),
      segmentKind({ modelIn, shapesIn, relationsIn }),
      ...activationKinds({ modelIn, shapesIn }, foresight),
      actionKind(knownToActions),
      counterKind(eventFields),
      decisionKind({ modelIn, shapesIn }),
    ],
  })
  const catalogue = definitions.catalogue
  const model = async () => modelIn(await catalogue())
  const memory = modelMemory(definitions)
  const rulesets = async () => memory.rulesets(await catalogue())

  // The flow, in the order data runs through it
  await prepareLake(engine)
  const collecting = makeCollecting({
    engine,
    events,
    spool,
    clock,
    ids,
    log,
    keys: writeKeyRecords(store),
    record: audit.record,
    streams: async () =>
      liveStreamsIn(await catalogue(), connectors).map((stream) =>
        expecting(stream.takes === 'events' ? { ...stream, problemWithMended } : stream, outside),
      ),
    onRound: (counts) => {
      tick?.note()
      follower?.note()
      // What came for the first time has a column now, and definitions may speak of it.
      lookAtLake([...counts.keys()]).catch((thrown) =>
        log.warn('the fields of streams cannot be looked up', { why: sentenceOf(thrown) }),
      )
    },
  })
  const runs = runRecords(store)
  await runs.closeInterrupted(clock.now().toISOString())
  const streams = makeStreams({
    engine,
    connectors,
    spool,
    ids,
    log,
    runs,
    collecting,
    now: clock.now,
    streams: async () => (await catalogue()).list<StreamDefinition>('stream'),
    connection: async (key) =>
      (await catalogue()).get<ConnectionDefinition>('connection', key).body,
  })
  await prepareMappings(engine)
  const identity = makeIdentity({
    engine,
    store,
    clock,
    model,
    rulesets,
    models: memory.models,
    segments: (of, signal) => segments.foretell(of, signal),
    record: async (...said) => {
      await audit.record(...said)
      tick?.note()
    },
  })
  const simulations = makeSimulations({ jobs, identity })
  const resolver = makeResolver({
    engine,
    store,
    clock,
    log,
    model,
    rulesets,
    whoComesEarly: schedules === 'fire' ? 'is told' : 'waits',
  })
  const matchModels = makeMatchModels({
    engine,
    store,
    clock,
    definitions,
    memory,
    jobs,
    model,
    rulesets,
    record: audit.record,
  })
  const arrivals = makeArrivals({
    engine,
    events,
    clock,
    catalogue,
    collecting,
    spool,
    audit,
    store,
    jobs,
    ids,
    liveStreams: async () => liveStreamsIn(await catalogue(), connectors),
  })
  const { alerts } = arrivals
  const alertWatch = makeAlertWatch({ alerts, log, network: outgoing, url: config.alertsUrl })
  const profiles = makeProfiles({ engine, model, rulesets })
  await prepareInsights(engine)
  const insights = makeInsights({
    engine,
    clock,
    known: async () => {
      const all = await catalogue()
      return { insights: insightsIn(all), relations: relationsIn(all), model: modelIn(all) }
    },
    view: () => graph.view(),
  })
  await prepareSegments(engine)
  await prepareActivation(engine)
  const knownToSegments = async () => ({
    model: await model(),
    insights: await insights.shapes(),
    segments: segmentsIn(await catalogue()),
    relations: [...relationsIn(await catalogue()), ...(await insights.relations())],
  })
  const segments = makeSegments({
    engine,
    store,
    clock,
    known: knownToSegments,
    keeping: async (asked) =>
      scheduledAsOf((await tick?.keeping(asked)) ?? new Map(), {
        view: () => graph.view(),
        now: clock.now(),
      }),
  })
  await prepareTick(engine)
  const peopleRules = async () => (await rulesets()).find(({ on }) => on === 'individual')
  const live = makeTick({
    engine,
    clock,
    log,
    known: async () => {
      const all = await catalogue()
      return { model: modelIn(all), insights: [], segments: segmentsIn(all) }
    },
    segments,
    mappings: mappingFollower({ engine, catalogue }),
    identity: {
      decisive: async () => {
        const rules = await peopleRules()
        return rules ? decisiveObjects(rules, await model()) : []
      },
      decided: async () => (await identity.decided()).get('individual') ?? 0,
      run: async (signal) => {
        const rules = await peopleRules()
        if (rules) await identity.run(rules.key, { signal })
        resolver.note()
        liveProfiles?.note()
      },
    },
    checkEveryMs: config.liveCheckMs,
    onChange: () => follower?.note(),
    onTouched: (profiles) => liveProfiles?.touched(profiles),
  })
  tick = live
  const activations = makeActivations({
    engine,
    store,
    catalogue,
    outgoing,
    secrets,
    known: { modelIn, shapesIn },
    folders,
    scratchFolder: join(dataFolder, 'spool'),
    confirmAbove: config.confirmMembers,
    destinations: outside?.destinations ?? destinations,
    clock,
    random: Math.random,
    log,
  })
  await prepareActions(engine)
  const actions = makeActions({
    engine,
    store,
    events,
    catalogue,
    known: knownToActions,
    people: {
      holds: async (who, of) =>
        liveProfiles && asksPeople({ live: liveProfiles, fields: liveFields }).holds(who, of),
    },
    model,
    insights: insights.shapes,
    segmentPositions: segments.positions,
    profileOf: makeProfileOf({ resolver, catalogue, now: () => clock.now().getTime() }),
    outgoing,
    secrets,
    folders,
    destinations: outside?.destinations ?? destinations,
    forms: [dataCloudForm],
    clock,
    random: Math.random,
    log,
    patience: usualPatience,
  })
  /** What the live profile can be asked, until definitions change. */
  let askable: Promise<EventFields> | undefined
  const liveFields = () => {
    askable ??= catalogue().then((all) => factFieldsIn(all, { modelIn, shapesIn }))
    return askable
  }
  const people = makeLive({
    engine,
    events,
    clock,
    log,
    model,
    insights: insights.shapes,
    watched: async () => watchedIn(await catalogue(), connectors, eventFields),
    mostBytes: config.liveBytes,
  })
  liveProfiles = people
  const decisions = makeDecisions({
    engine,
    store,
    catalogue,
    around: { modelIn, shapesIn },
    live: people,
    clock,
    ids,
    log,
    keepMs: config.decisionDays * 86_400_000,
  })
  const prepare = async () => {
    await retypeReceived(engine, liveStreamsIn(await catalogue(), connectors))
    await prepareModel(engine, await model())
    for (const on of unifiedSubjects(rulesetsIn(await catalogue())))
      await prepareUnified(engine, await model(), on)
    await insights.sweep()
    await segments.sweep()
  }
  await prepare()
  await lookAtLake((await catalogue()).list('stream').map(({ key }) => key))

  // Each room says when its content last changed: what the engine kept counts, also when the process died before the graph
  // heard of it.
  const nodes = async (): Promise<readonly GraphNode[]> => {
    const all = await catalogue()
    const sources = all.list('stream').map(({ key }) => key)
    const known = await memory.rulesets(all)
    const [lake, mappedAt, unified, decided, insightsAt, published] = await Promise.all([
      changePositions(engine, sources),
      modelPositions(engine),
      publishedPositions(engine),
      identity.decided(),
      insights.positions(),
      segments.published(),
    ])
    const objects = modelNodes(all, mappedAt)
    const mapped = new Set(objects.map(({ key }) => key.slice('model:'.length)))
    const hasObject = (key: string) => mapped.has(key)
    return withKnownInputs([
      ...streamNodes(all, lake),
      ...objects,
      ...identityNodes(known, modelIn(all), { mapped, positions: unified, decided }),
      ...insightNodes(await insights.shapes(), hasObject, insightsAt),
      ...segmentNodes(segmentsIn(all), {
        model: modelIn(all),
        insights: await insights.shapes(),
        relations: [...relationsIn(all), ...(await insights.relations())],
        hasObject,
        published,
      }),
      ...nodesOfActivations(all),
      ...nodesOfActions(all),
    ])
  }
  const takeStream = streamRefresher(streams)
  /** Whom a refresh concerned is not told, so that everybody is read again when they are asked for. */
  const changingPeople =
    (refresher: Refresher): Refresher =>
    async (node, tools) => {
      const outcome = await refresher(node, tools)
      if (outcome.changed !== 'nothing') {
        people.touched('all')
        decisions.reload()
        askable = undefined
      }
      return outcome
    }
  const askedRuns = makeAskedRuns({
    jobs,
    identity,
    refresh: async (node, tools) => (await graph.refresh({ ...tools, want: [node] })).steps,
    onDone: () => wholeRuns.refreshDue(),
  })
  const unify = refreshIdentity({ identity, model, rulesets, asked: askedRuns.asked })
  const publishAsked: typeof live.publish = async (...asked) => {
    const published = await live.publish(...asked)
    people.touched('all')
    return published
  }
  const wholeGraph = makeGraph({
    store,
    clock,
    ids,
    log,
    nodes,
    refreshers: {
      stream: async (node, tools) => {
        const outcome = await takeStream(node, tools)
        await lookAtLake([node.key.slice('stream:'.length)])
        return outcome
      },
      model: live.beside.model(modelRefresher({ engine, catalogue })),
      identity: live.beside.identity(async (node, tools) => {
        const outcome = await unify(node, tools)
        resolver.note()
        people.note()
        // The tick tells whom it concerned, where it runs.
        if (!config.isLive) people.touched('all')
        return outcome
      }),
      insight: changingPeople(insightRefresher(insights)),
      segment: changingPeople(live.beside.segment(segmentRefresher(segments))),
      activation: refresherOfActivations(activations),
      action: refresherOfActions(actions),
    },
  })
  const graph: Graph = {
    ...wholeGraph,
    refresh: (options) => live.beside.refresh(() => wholeGraph.refresh(options)),
  }
  const makeAsked: Graph['make'] = (key, by, signal) => graph.make(key, changingPeople(by), signal)
  const explore = makeExplore({
    engine,
    relations: async () => [
      ...relationsIn(await catalogue()),
      ...(await insights.relations()),
      segmentRelation,
      ...(await lakeRelations(
        engine,
        (await catalogue()).list('stream').map(({ key }) => key),
      )),
    ],
  })
  const wholeRuns: Runs = makeRuns({
    jobs,
    graph,
    prepare: async () => {
      await prepare()
      await wholeRuns.schedule(schedulesIn(await catalogue()))
    },
    sources: async () => (await catalogue()).list('stream').map(({ key }) => `stream:${key}`),
    deliver: async (signal) => {
      await activations.work.drain(signal).catch((thrown) => {
        if (!signal.aborted) throw thrown
      })
      const ledgers = (await activations.list()).map(({ ledger }) => ledger.waiting)
      return ledgers.reduce((sum, waiting) => sum + waiting, 0)
    },
  })
  const backups = makeBackups({ engine, store, events, jobs, clock, dataFolder })
  const record = audit.record

  const routes: readonly Route[] = [
    ...runRoutes({
      runs: wholeRuns,
      imports: {
        engine,
        connectors,
        spool,
        definitions,
        runs: wholeRuns,
        folder: uploadsFolder,
        expect: (stream, fields) => {
          const known = lakeFields.get(stream) ?? []
          const isNew = ({ name }: { name: string }) => !known.some((field) => field.name === name)
          lakeFields.set(stream, [...known, ...fields.filter(isNew)])
        },
      },
      senders: { definitions, collecting },
      backups,
      pressure: engine.pressure,
      machine: () => lookAtMachine({ dataFolder, config, startedAt }),
      settings: () => settingsOf(config),
      summarise: () =>
        summarise({
          streams,
          identity,
          insights,
          segments,
          activations,
          ruleset: async () => (await rulesets()).find(({ on }) => on === 'individual')?.key,
          peopleStreams: async () => streamsOfPeople(await catalogue()),
        }),
    }),
    ...streamRoutes(streams),
    ...connectRoutes({ connectors, engine, spool }),
    ...collectRoutes(collecting),
    ...ingestSchemaRoutes(definitions),
    ...arrivalRoutes(arrivals),
    ...mappingRoutes({ engine, catalogue }),
    ...matchModelRoutes(matchModels),
    ...defaultRulesetRoutes({ engine, model }),
    ...resolverRoutes(resolver),
    ...identityRoutes(identity),
    ...simulationRoutes(simulations),
    ...askedRunRoutes(askedRuns),
    ...profileRoutes(profiles),
    ...insightRoutes(
      {
        ...insights,
        refresh: askedRefresh(insights, makeAsked),
      },
      definitions,
    ),
    ...segmentRoutes({
      ...segments,
      publish: askedPublish({ get: segments.get, publish: publishAsked }, makeAsked),
    }),
    ...tickRoutes(live),
    ...liveRoutes(people),
    ...decisionRoutes(decisions),
    ...activationRoutes({ activations, record }),
    ...actionRoutes({ actions, record }),
    ...queryRoutes(explore),
    ...graphRoutes(graph),
    ...definitionRoutes(definitions),
    ...jobRoutes(jobs),
    ...secretRoutes({ store, secrets, record }),
    ...accessRoutes(access),
    ...auditRoutes(audit),
  ]
  const { fronts, startFronts, forget } = makeFronts({
    access,
    catalogue,
    clock,
    collecting,
    connectors,
    dataFolder,
    decisions,
    engine,
    ids,
    jobs,
    log,
    proxies: config.proxies,
    qualifierOf: people.sourceOf,
    analyticsScript: config.analyticsScript,
    reading: {
      profiles,
      identified: makeIdentified({ engine, model, rulesets }),
      computedOf: async (id) => (await people.person({ by: 'profile', id })).parts,
    },
    secrets,
    store,
  })
  let readAgain: Promise<void> = Promise.resolve()
  definitionsChanged = () => {
    decisions.reload()
    askable = undefined
    // A segment may be again what it was a moment ago: then nothing else tells of it.
    tick?.note()
    readAgain = collecting
      .reload()
      .then(forget)
      // Actions ask what people are counted by.
      .then(people.reload)
      .then(actions.reload)
      .catch((cause) => log.error('definitions could not be read again', { cause }))
  }
  activations.work.start()
  await wholeRuns.schedule(schedulesIn(await catalogue()))
  await collecting.start()
  await startFronts()
  await people.reload()
  if (schedules === 'fire') await people.start()
  await actions.start({ live: schedules === 'fire' ? 'as events arrive' : 'with the set lane' })
  await decisions.start()
  await jobs.start({ reclaim: 'all', schedules })
  if (schedules === 'fire') {
    follower = makeFollower({ runs: wholeRuns, graph, jobs, clock, log, everyMs: config.followMs })
    if (config.isLive) live.start()
    alertWatch.start()
    resolver.note()
  }
  return {
    routes: routes.map((route) => keptWithin(profiles, route)),
    fronts,
    access,
    ids,
    graph,
    token: await firstTokenIn(dataFolder),
    rooms: {
      definitions,
      prepare,
      reloaded: async () => {
        await readAgain
        await lookAtLake((await catalogue()).list('stream').map(({ key }) => key))
      },
      connectors,
      collecting,
      happen: happenIn({ intake: collecting.intake, catalogue, clock, nextId: ids.next }),
      graph,
      profiles,
      insights,
      segments,
      activations,
      actions,
    },
    announce: hold.announce,
    close: async () => {
      follower?.stop()
      alertWatch.stop()
      await readAgain
      await actions.stop()
      await decisions.stop()
      await people.stop()
      await collecting.stop()
      await live.stop()
      await jobs.stop()
      await activations.work.stop()
      await outgoing.close()
      await resolver.close()
      await engine.close()
      await store.close()
      hold.release()
    },
  }
}

/** A stream with the fields that are expected of it. */
function expecting(stream: LiveStream, outside: Outside | undefined): LiveStream {
  if (!outside) return stream
  const { fields: known } = stream.shape
  const isNew = ({ name, label }: LakeField) =>
    !known.some((one) => one.label === label || one.name === name)
  const fields = [...known, ...outside.expected(stream.key).filter(isNew)]
  return { ...stream, shape: { ...stream.shape, fields } }
}

async function migrate(store: Store): Promise<void> {
  for (const [room, migrations] of Object.entries(allMigrations))
    await store.migrate(room, migrations)
}

/** The tables of all rooms, in the order they stand in. */
export const allMigrations = {
  audit: auditMigrations,
  access: accessMigrations,
  jobs: jobMigrations,
  definitions: definitionMigrations,
  graph: graphMigrations,
  collect: collectMigrations,
  streams: streamMigrations,
  identity: identityMigrations,
  arrivals: arrivalMigrations,
  segments: segmentMigrations,
  activation: activationMigrations,
  actions: actionMigrations,
  decisions: decisionMigrations,
  data_cloud: dataCloudMigrations,
}

const schedulesIn = (all: Catalogue): readonly SourceSchedule[] => [
  ...all
    .list<StreamDefinition>('stream')
    .flatMap(({ key, body }) =>
      body.schedule === undefined ? [] : [{ node: `stream:${key}`, cron: body.schedule }],
    ),
]

function problemWithSchedule(cron: string, now: Date): string | undefined {
  try {
    nextTime(cron, 'UTC', now)
    return undefined
  } catch (thrown) {
    return sentenceOf(thrown)
  }
}

/** The streams whose events people send, or that somebody counts; with what is counted. */
function watchedIn(
  all: Catalogue,
  connectors: Connectors,
  fieldsIn: (stream: string, all: Catalogue) => readonly LakeField[] | undefined,
): readonly Watched[] {
  const byStream = Map.groupBy(countersIn(all), ({ body }) => body.event)
  const mappings = all.list<MappingDefinition>('mapping')
  return liveStreamsIn(all, connectors).flatMap(({ key: stream, takes, shape }) => {
    const counters = byStream.get(stream) ?? []
    if (shape.mode !== 'append' || (takes !== 'events' && counters.length === 0)) return []
    const source = mappings.find(({ body }) => body.stream === stream)?.body.qualifier
    const fields = counters.length === 0 ? {} : eventFieldsOf(fieldsIn(stream, all) ?? [])
    return [{ stream, source, fields, counters }]
  })
}

const streamsOfPeople = (all: Catalogue): ReadonlySet<string> =>
  new Set(
    all
      .list<MappingDefinition>('mapping')
      .filter(({ body }) => body.objects.some(({ object }) => object === 'individual'))
      .map(({ body }) => body.stream),
  )

/** What users may name in SQL besides insights; the same relations as long as the definitions are, as much is kept with them. */
function relationsReader(): (all: Catalogue) => readonly Relation[] {
  let last:
    | { readonly model: Model; readonly unified: string; readonly relations: readonly Relation[] }
    | undefined
  return (all) => {
    const [model, subjects] = [modelIn(all), unifiedSubjects(rulesetsIn(all))]
    const unified = subjects.join()
    if (last?.model !== model || last.unified !== unified) {
      const relations = [...modelRelations(model), ...unifiedRelations(model, subjects)]
      last = { model, unified, relations }
    }
    return last.relations
  }
}
