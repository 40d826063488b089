import type { Entry, EventLog, Kept } from '#log'
import type { About, Collect, Item, Message, Source, Target, Verdict } from './collect.ts'
import { type Statement, statementsOf } from './derive.ts'
import { makeSeen, type Seen } from './seen.ts'
import { makeTail } from './tail.ts'
import type { Waiting } from './waiting.ts'

/** What taking in needs. */
export interface IntakeTools {
  readonly log: EventLog
  readonly waiting: Waiting
  /** What is defined now, ready to be asked thousands of times a second. */
  readonly directory: () => Directory
}

/** Where things go, as it is defined at a moment. */
export interface Directory {
  readonly sources: ReadonlyMap<string, Source>
  readonly targets: ReadonlyMap<string, Target>
}

const mostMentions = 200_000
const mostSeen = 2_000

/** The way in: every item becomes a line of the log, whatever is thought of it. */
export function makeIntake({ log, waiting, directory }: IntakeTools): Collect {
  const mentions = makeSeen(mostMentions)
  const tail = makeTail(mostSeen)

  const keep = async (drafts: readonly Draft[], about: About): Promise<readonly Verdict[]> => {
    const entries: Entry[] = []
    for (const { entry, statements } of drafts) {
      entries.push(entry)
      if (statements) entries.push(...statements)
    }
    const kept = await log.append(entries)
    waiting.add(entries)
    const verdicts = verdictsOf(drafts, kept)
    const receivedAt = about.receivedAt.toISOString()
    tail.note(
      drafts.map(({ entry: { stream }, value }, i) => ({
        ...(verdicts[i] ?? noVerdict()),
        stream,
        value,
        wire: about.wire,
        receivedAt,
      })),
    )
    return verdicts
  }

  return {
    sourceOf: (writeKey) => directory().sources.get(writeKey),
    targetOf: (stream) => directory().targets.get(stream),
    take: (target, items, about) =>
      keep(
        items.map((item) => draftOf(target, item, mentions)),
        about,
      ),
    park: (writeKey, items, about) =>
      keep(
        items.map((item) => parkedDraft(writeKey, item, about)),
        about,
      ),
    tail: tail.last,
  }
}

/** An entry of the log, with the ones that follow from it. */
interface Draft {
  readonly entry: Entry
  readonly value: Message
  readonly reason?: string
  readonly statements?: readonly Entry[]
}

function draftOf(target: Target, item: Item, mentions: Seen): Draft {
  const { stream, problemWith, statements } = target
  const { id, kind = 'put', value } = item
  const reason = item.refused ?? (kind === 'put' ? problemWith?.(value) : undefined)
  if (reason !== undefined) {
    // Without its id: what is mended and sent again is not a repetition.
    const body = JSON.stringify({ reason, raw: value })
    return { entry: { stream, kind: 'rejected', body }, value, reason }
  }
  const entry = entryOf({ stream, kind, body: JSON.stringify(value) }, id)
  if (!statements || kind !== 'put') return { entry, value }
  return { entry, value, statements: statementEntries(statements, value, { id, mentions }) }
}

const entryOf = (of: Omit<Entry, 'id'>, id: string | undefined): Entry =>
  id === undefined ? of : { ...of, id }

function statementEntries(
  streams: NonNullable<Target['statements']>,
  value: Message,
  of: { id: string | undefined; mentions: Seen },
): readonly Entry[] {
  const entries: Entry[] = []
  for (const { about, value: said, isMention } of statementsOf(value)) {
    const stream = streams[about]
    if (stream === undefined || isKnown(stream, { about, said, isMention }, of.mentions)) continue
    const id = of.id === undefined ? undefined : `${of.id} ${said.id}`
    entries.push(entryOf({ stream, kind: 'merge', body: JSON.stringify(said) }, id))
  }
  return entries
}

function isKnown(
  stream: string,
  { said, isMention }: { about: Statement['about']; said: Statement['value']; isMention: boolean },
  mentions: Seen,
): boolean {
  const wasMet = mentions.has(`${stream} ${said.id}`)
  return isMention && wasMet
}

const parkedDraft = (writeKey: string, { value, refused, id }: Item, { wire }: About): Draft => ({
  entry: {
    stream: '',
    kind: 'parked',
    body: JSON.stringify({ writeKey, wire, id, refused, message: value }),
  },
  value,
  reason: `the write key "${writeKey}" opens nothing`,
})

function verdictsOf(drafts: readonly Draft[], kept: readonly Kept[]): readonly Verdict[] {
  let next = 0
  return drafts.map(({ entry: { kind }, reason, statements }) => {
    const { position, duplicate } = kept[next] ?? noPosition()
    next += 1 + (statements?.length ?? 0)
    const status = duplicate ? 'duplicate' : statusOf[kind]
    return reason === undefined ? { status, position } : { status, reason, position }
  })
}

const statusOf = {
  put: 'stored',
  delete: 'stored',
  merge: 'stored',
  rejected: 'rejected',
  parked: 'parked',
} as const satisfies Record<Entry['kind'], Verdict['status']>

function noPosition(): never {
  throw new Error('the log answered for fewer entries than it was given')
}

function noVerdict(): never {
  throw new Error('an item was left without a verdict')
}
