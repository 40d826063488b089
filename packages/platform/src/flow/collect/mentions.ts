import { withAllRead } from '#kernel/unread.ts'
import type { Message, Target } from './collect.ts'
import { personIn, type Statement, statementsOf } from './derive.ts'
import { makeSeen } from './seen.ts'

/** A statement on its way to the stream that takes it. */
export interface Said {
  readonly stream: string
  readonly value: Statement['value']
}

/** What the events of one request say that is worth keeping: most only say again that somebody is there. */
export interface Speech {
  readonly of: (streams: Statements, message: Message) => readonly Said[]
  /** Hears that all of it is on disk. Only then it is known: what was refused has to be said again. */
  readonly kept: () => void
}

type Statements = NonNullable<Target['statements']>

const mostRemembered = 200_000
const nothing: readonly Said[] = []

/** Knows nothing yet. Streams that were defined anew have been told nothing either. */
export function makeMentions(): { readonly begin: () => Speech } {
  const persons = makeSeen(mostRemembered)
  const mentions = makeSeen(mostRemembered)
  const places = new WeakMap<Statements, number>()
  let defined = 0

  const placeOf = (streams: Statements): number => {
    const place = places.get(streams) ?? ++defined
    places.set(streams, place)
    return place
  }

  return {
    begin: () => {
      // Most requests say nothing new.
      let metPersons: Set<string> | undefined
      let metMentions: Set<string> | undefined

      const isKnownPerson = (person: string) => persons.has(person) || metPersons?.has(person)
      const isKnown = (mention: string) => mentions.has(mention) || metMentions?.has(mention)
      const saidOf = (place: number, streams: Statements, message: Message) => {
        const said: Said[] = []
        for (const { about, value, isMention } of statementsOf(message)) {
          const stream = streams[about]
          if (stream === undefined) continue
          const mention = `${place} ${stream} ${value.id}`
          if (!(isMention && isKnown(mention))) said.push({ stream, value })
          metMentions ??= new Set()
          metMentions.add(mention)
        }
        return said
      }

      return {
        of: (streams, message) => {
          const place = placeOf(streams)
          const ids = personIn(message)
          if (ids === undefined) return saidOf(place, streams, withAllRead(message))
          const person = `${place} ${ids}`
          if (isKnownPerson(person)) return nothing
          metPersons ??= new Set()
          metPersons.add(person)
          return saidOf(place, streams, message)
        },
        kept: () => {
          for (const person of metPersons ?? []) persons.add(person)
          for (const mention of metMentions ?? []) mentions.add(mention)
        },
      }
    },
  }
}
