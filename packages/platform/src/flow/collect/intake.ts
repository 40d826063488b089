import { withAllRead } from '#kernel/unread.ts'
import type { Entry, EventLog, Kept } from '#log'
import { bodyOf } from './body.ts'
import type { About, Collect, Item, Source, Target, Verdict } from './collect.ts'
import { makeMentions, type Said, type Speech } from './mentions.ts'
import { makeTail } from './tail.ts'
import type { Waiting } from './waiting.ts'

/** What taking in needs. */
export interface IntakeTools {
  readonly log: Pick<EventLog, 'append'>
  readonly waiting: Waiting
  /** What is defined now, ready to be asked thousands of times a second. */
  readonly directory: () => Directory
}

/** Where things go, as it is defined at a moment. */
export interface Directory {
  readonly sources: ReadonlyMap<string, Source>
  readonly targets: ReadonlyMap<string, Target>
}

const mostSeen = 2_000

/** The way in: every item becomes a line of the log, whatever is thought of it. */
export function makeIntake({ log, waiting, directory }: IntakeTools): Collect {
  const mentions = makeMentions()
  const tail = makeTail(mostSeen)

  const append = (drafts: readonly Draft[]): Promise<readonly Kept[]> => {
    const entries: Entry[] = []
    for (const draft of drafts) addEntries(entries, draft)
    return log.append(entries).then((kept) => {
      waiting.add(entries, kept[0]?.at ?? 0)
      return kept
    })
  }

  const keep = async (drafts: readonly Draft[], about: About): Promise<readonly Verdict[]> => {
    const kept = await append(drafts)
    const { wire } = about
    const receivedMs = about.receivedAt.getTime()
    let next = 0
    return drafts.map((draft) => {
      const { entry, said, member } = draft
      const verdict = verdictOf(draft, kept[next])
      next += 1 + said.length
      tail.note({ verdict, stream: entry.stream, wire, receivedMs, text: entry.body, member })
      return verdict
    })
  }

  return {
    sourceOf: (writeKey) => directory().sources.get(writeKey),
    targetOf: (stream) => directory().targets.get(stream),
    // Not async: what was sent is let go while its text goes to the disk.
    take: (target, items, about) => {
      const speech = mentions.begin()
      const drafts = items.map((item) => draftOf(target, item, speech))
      return keep(drafts, about).then((verdicts) => {
        speech.kept()
        return verdicts
      })
    },
    park: (writeKey, items, about) =>
      keep(
        items.map((item) => parkedDraft(writeKey, item, about)),
        about,
      ),
    tail: tail.last,
  }
}

/** An entry of the log, with what follows from it. */
interface Draft {
  readonly entry: Entry
  readonly reason?: string
  readonly said: readonly Said[]
  /** Where in the entry that is which was sent, when it is not the whole. */
  readonly member?: string
}

function draftOf(target: Target, item: Item, speech: Speech): Draft {
  const { stream, problemWith, statements } = target
  const { id, kind = 'put', value } = item
  const reason = item.refused ?? (kind === 'put' ? problemWith?.(withAllRead(value)) : undefined)
  if (reason !== undefined) {
    // The id is kept and not taken: what is mended and sent again is not a repetition.
    const body = bodyOf({ reason, id, raw: value })
    return { entry: { stream, kind: 'rejected', body }, said: [], reason, member: 'raw' }
  }
  const entry = entryOf({ stream, kind, body: bodyOf(value) }, id)
  const warning = kind === 'put' ? target.warningOn?.(withAllRead(value)) : undefined
  const said = statements && kind === 'put' ? speech.of(statements, value) : []
  return warning === undefined ? { entry, said } : { entry, said, reason: warning }
}

const entryOf = (of: Omit<Entry, 'id'>, id: string | undefined): Entry =>
  id === undefined ? of : { ...of, id }

/** Statements follow their event, and are repetitions when it is one. */
function addEntries(entries: Entry[], { entry, said }: Draft): void {
  entries.push(entry)
  for (const { stream, value } of said) {
    const id = entry.id === undefined ? undefined : `${entry.id} ${value.id}`
    entries.push(entryOf({ stream, kind: 'merge', body: bodyOf(value) }, id))
  }
}

const parkedDraft = (writeKey: string, { value, refused, id }: Item, { wire }: About): Draft => ({
  entry: {
    stream: '',
    kind: 'parked',
    body: bodyOf({ writeKey, wire, id, refused, message: value }),
  },
  said: [],
  reason: `the write key "${writeKey}" opens nothing`,
  member: 'message',
})

function verdictOf({ entry: { kind }, reason }: Draft, kept: Kept | undefined): Verdict {
  if (!kept) throw new Error('the log answered for fewer entries than it was given')
  const { position, duplicate } = kept
  const status = duplicate ? 'duplicate' : statusOf[kind]
  return reason === undefined ? { status, position } : { status, reason, position }
}

const statusOf = {
  put: 'stored',
  delete: 'stored',
  merge: 'stored',
  rejected: 'rejected',
  parked: 'parked',
  duplicate: 'duplicate',
} as const satisfies Record<Entry['kind'], Verdict['status']>
