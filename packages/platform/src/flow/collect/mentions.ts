import type { Message, Target } from './collect.ts'
import { personIn, type Statement, statementsOf } from './derive.ts'
import { makeSeen } from './seen.ts'

/** A statement on its way to the stream that takes it. */
export interface Said {
  readonly stream: string
  readonly value: Statement['value']
}

/** What an event says that is worth keeping, and what is known once it is kept. */
export interface Saying {
  readonly said: readonly Said[]
  /** Whose event it is, where it says no more than that. */
  readonly person: string | undefined
  readonly mentions: readonly string[]
}

/** Leaves out what was said before: most events only say again that somebody is there. */
export interface Mentions {
  readonly sayingOf: (streams: Statements, message: Message) => Saying | undefined
  /** Hears that statements are on disk. Only then they are known: what was refused has to be said again. */
  readonly kept: (saying: Saying) => void
}

type Statements = NonNullable<Target['statements']>

const mostRemembered = 200_000

/** Knows nothing yet. Streams that were defined anew have been told nothing either. */
export function makeMentions(): Mentions {
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
    sayingOf: (streams, message) => {
      const place = placeOf(streams)
      const person = personIn(message)
      const whole = person === undefined ? undefined : `${place} ${person}`
      if (whole !== undefined && persons.has(whole)) return undefined
      const said: Said[] = []
      const made: string[] = []
      for (const { about, value, isMention } of statementsOf(message)) {
        const stream = streams[about]
        if (stream === undefined) continue
        const mention = `${place} ${stream} ${value.id}`
        if (isMention && mentions.has(mention)) continue
        said.push({ stream, value })
        made.push(mention)
      }
      return { said, person: whole, mentions: made }
    },
    kept: ({ person, mentions: made }) => {
      if (person !== undefined) persons.add(person)
      for (const mention of made) mentions.add(mention)
    },
  }
}
