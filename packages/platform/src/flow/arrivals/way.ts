import type { Catalogue } from '#definitions'
import type { Engine } from '#engine'
import type { EventLog } from '#log'
import type { EventWay, WayStep } from './api.ts'
import {
  type Fate,
  fateOf,
  jsonIn,
  type KeptRow,
  keptFate,
  memberOf,
  parkedAt,
  refusalOf,
  takenAt,
  valuesOf,
} from './fate.ts'
import { arrivalFaults } from './faults.ts'
import { type Line, lineAt, linesBetween } from './lines.ts'
import { originalOf } from './original.ts'
import { type Reached, reachedOf, type State } from './reached.ts'

/** What finding the way of an event needs. */
export interface WayTools {
  readonly engine: Engine
  readonly events: Pick<EventLog, 'read' | 'head'>
  readonly catalogue: () => Promise<Catalogue>
  /** The streams that take what the events of a stream say of people, accounts and orders. */
  readonly statementsOf: (stream: string) => readonly string[]
}

/** The way of an event: what was received, whether it was taken, its row, what that became in the model, and whose it is. */
export async function wayOf(tools: WayTools, position: number): Promise<EventWay> {
  const line = await lineAt(tools.events, position)
  if (!line) return forgottenWay(tools, position)
  const fate = await fateOf(tools.engine, line)
  return {
    position,
    stream: line.stream,
    kind: line.kind,
    received_at: new Date(line.at).toISOString(),
    body: sentIn(line),
    steps: [await receivedStep(tools, line), ...(await stepsAfter(tools, fate, line))],
  }
}

/** The way of an event whose line the log no longer keeps, as far as the lake remembers it. */
async function forgottenWay(tools: WayTools, position: number): Promise<EventWay> {
  const { engine } = tools
  const fate = position <= tools.events.head() ? await keptFate(engine, position) : undefined
  if (!fate) throw arrivalFaults.unknown_event({ position })
  const { at, ...rest } = await rememberedOf(engine, fate, position)
  const say = 'the log no longer keeps its line; this is what the lake remembers'
  return {
    position,
    ...rest,
    received_at: at,
    steps: [{ step: 'received', state: 'done', at, say }, ...(await stepsAfter(tools, fate))],
  }
}

async function rememberedOf(
  engine: Engine,
  fate: Fate,
  position: number,
): Promise<{ stream: string; kind: string; body: unknown; at: string }> {
  if (fate.is === 'row') {
    const { row } = fate
    const at = (await takenAt(engine, row)) ?? ''
    return { stream: row.stream, kind: 'put', body: await valuesOf(engine, row), at }
  }
  const refused = await refusalOf(engine, position)
  const parked = refused ? undefined : await parkedAt(engine, position)
  const body = String(refused?.['raw'] ?? parked?.['body'] ?? '')
  return {
    stream: String((refused ?? parked)?.['stream'] ?? ''),
    kind: fate.is,
    body: refused ? jsonIn(body) : sentIn({ kind: 'parked', body }),
    at: String(refused?.['taken_at'] ?? parked?.['received_at'] ?? ''),
  }
}

/** What was sent, without what the way in has put around it. */
function sentIn(line: Pick<Line, 'kind' | 'body'>): unknown {
  const whole = jsonIn(line.body)
  if (line.kind === 'rejected') return memberOf(line, 'raw') ?? whole
  return line.kind === 'parked' ? (memberOf(line, 'message') ?? whole) : whole
}

async function receivedStep(tools: WayTools, line: Line): Promise<WayStep> {
  const at = new Date(line.at).toISOString()
  const said = await statementsAfter(tools, line)
  const whereto = line.stream === '' ? '' : `, for ${line.stream}`
  return {
    step: 'received',
    state: 'done',
    at,
    say: `kept in the log at ${line.position}${whereto}${saidSentence(said)}`,
    ...(said.length === 0 ? {} : { details: { statements: said } }),
  }
}

const saidSentence = (said: readonly { readonly position: number }[]) =>
  said.length === 0
    ? ''
    : `; what it says of people, accounts and orders goes on as ${said.map(({ position }) => `event ${position}`).join(', ')}`

const mostStatements = 50

/** What an event says of people, accounts and orders: the lines that were kept together with it. */
async function statementsAfter({ events, statementsOf }: WayTools, line: Line) {
  const streams = statementsOf(line.stream)
  const found: { position: number; stream: string }[] = []
  if (streams.length === 0 || line.kind !== 'put') return found
  const after = { from: line.position + 1, to: line.position + mostStatements }
  for await (const { position, stream, kind, at } of linesBetween(events, after)) {
    const isStatement = streams.includes(stream) && (kind === 'merge' || kind === 'duplicate')
    if (!isStatement || at !== line.at) break
    found.push({ position, stream })
  }
  return found
}

const later = ['stored', 'mapped', 'profile'] as const

/** The steps after an event was received. */
async function stepsAfter(tools: WayTools, fate: Fate, line?: Line): Promise<readonly WayStep[]> {
  switch (fate.is) {
    case 'duplicate':
      return stoppedBy(await repetition(tools, fate.id, line))
    case 'rejected':
      return stoppedBy({
        say: `rejected: ${fate.reason}`,
        details: { reason: fate.reason, listed: fate.isListed },
        since: fate.isListed ? '' : 'it was mended and sent again, or taken off the list',
      })
    case 'parked':
      return stoppedBy({
        say: parkedSentence(fate.writeKey),
        details: { write_key: fate.writeKey, listed: fate.isListed },
        since: fate.isListed ? '' : 'it was adopted, or nobody did in time',
      })
    case 'waiting':
      return [
        checked,
        {
          step: 'stored',
          state: 'waiting',
          say: 'it waits in the log to be brought into the lake',
        },
        ...nothingIn(['mapped', 'profile'], 'waiting', 'first it has to be in the lake'),
      ]
    case 'unchanged':
      return [
        checked,
        { step: 'stored', state: 'none', say: 'it changed nothing: the lake had the same already' },
        ...nothingIn(['mapped', 'profile'], 'none', 'the row that was there stands for it'),
      ]
    case 'deleted':
      return [
        checked,
        {
          step: 'stored',
          state: 'done',
          say: 'the row with its key was taken away, if there was one',
        },
        ...nothingIn(['mapped', 'profile'], 'none', 'what is taken away fills nothing'),
      ]
    case 'row':
      return [checked, ...(await stepsOfRow(tools, fate.row))]
  }
}

const checked: WayStep = { step: 'checked', state: 'done', say: 'it is as agreed' }

const parkedSentence = (writeKey: string) =>
  writeKey === ''
    ? 'parked: its stream receives nothing'
    : `parked: the write key "${writeKey}" opens nothing`

async function repetition(tools: WayTools, id: string, line: Line | undefined) {
  const original = line && (await originalOf(tools, { line, id }))
  return {
    say: `a repetition: the stream has had "${id}" before`,
    details: original === undefined ? { id } : { id, original },
    since: original === undefined ? '' : `what came first is event ${original}`,
  }
}

interface Stop {
  readonly say: string
  readonly details: Readonly<Record<string, unknown>>
  /** What happened to it since. */
  readonly since: string
}

const stoppedBy = ({ say, details, since }: Stop): readonly WayStep[] => [
  { step: 'checked', state: 'stopped', say, details },
  ...nothingIn(later, 'none', since === '' ? 'it stopped before' : since),
]

const nothingIn = (
  steps: readonly (typeof later)[number][],
  state: 'waiting' | 'none',
  say: string,
): readonly WayStep[] => steps.map((step) => ({ step, state, say }))

async function stepsOfRow(tools: WayTools, row: KeptRow): Promise<readonly WayStep[]> {
  const { stream, position, until } = row
  const details = { stream, row: position, ...(until === undefined ? {} : { until }) }
  const at = await takenAt(tools.engine, row)
  const stored = {
    step: 'stored',
    state: 'done',
    ...(at === undefined ? {} : { at }),
    details,
  } as const
  if (until !== undefined)
    return [
      { ...stored, say: `row ${position} of ${stream}, until something later took its place` },
      ...nothingIn(['mapped', 'profile'], 'none', 'the model holds what took its place'),
    ]
  const reached = await reachedOf(tools.engine, await tools.catalogue(), { stream, position })
  return [
    { ...stored, say: `row ${position} of ${stream}` },
    reached.length === 0
      ? { step: 'mapped', state: 'none', say: `no mapping reads ${stream}` }
      : stepOf('mapped', reached),
    reached.length === 0
      ? { step: 'profile', state: 'none', say: 'what is not mapped belongs to nobody' }
      : stepOf('profile', reached),
  ]
}

/** One step for all objects: done as soon as it is for one of them. */
function stepOf(step: 'mapped' | 'profile', reached: readonly Reached[]): WayStep {
  const states = reached.map((one) => one[step].state)
  const state = (['done', 'waiting', 'none'] as const satisfies readonly State[]).find((one) =>
    states.includes(one),
  )
  return {
    step,
    state: state ?? 'none',
    say: [...new Set(reached.map((one) => one[step].say))].join('; '),
    details: reached.map((one) => ({ object: one.object, ...one[step] })),
  }
}
