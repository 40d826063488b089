import type { GroupName } from './groups.ts'
import {
  type AskedIdentifier,
  accountsBy,
  accountsTakenAt,
  type Identifier,
  identifiersOf,
  peopleBy,
} from './identifiers.ts'
import { once, prepareReading } from './profiles.ts'
import type { ProfileTools } from './scene.ts'
import { firstMessagesOf, type SentBy, type SentMessage, type SentPage, sentOf } from './sent.ts'

export { firstKey } from './sent.ts'

/** People and accounts by any identifier, with all that they are known by, and what was sent of them. */
export interface Identified {
  /** The profiles that go by an identifier; two where more than one do. */
  readonly people: (asked: AskedIdentifier) => Promise<readonly string[]>
  /** The accounts that go by an id, each by a record of it. */
  readonly accounts: (asked: AskedIdentifier) => Promise<readonly GroupName[]>
  readonly identifiersOf: (
    profiles: readonly string[],
  ) => Promise<ReadonlyMap<string, readonly Identifier[]>>
  /** When the rows of accounts were taken, by their records. */
  readonly accountsTakenAt: (records: readonly string[]) => Promise<ReadonlyMap<string, string>>
  /** Events as their clients sent them, by their time. */
  readonly sent: (senders: readonly SentBy[], page: SentPage) => Promise<readonly SentMessage[]>
  /** The message with which each id came first, by `firstKey`. */
  readonly firstMessages: (senders: readonly SentBy[]) => Promise<ReadonlyMap<string, string>>
}

/** Reads people and accounts as other systems ask for them. */
export function makeIdentified(tools: ProfileTools): Identified {
  const { engine } = tools
  const prepared = once(async () => prepareReading(engine, await tools.model()))
  return {
    people: async (asked) => {
      await prepared()
      return peopleBy(tools, asked)
    },
    accounts: (asked) => accountsBy(tools, asked),
    identifiersOf: (profiles) => identifiersOf(tools, profiles),
    accountsTakenAt: (records) => accountsTakenAt(tools, records),
    sent: (senders, page) => sentOf(engine, senders, page),
    firstMessages: (senders) => firstMessagesOf(engine, senders),
  }
}
