import type { Change } from './api.ts'
import type { Data, Met } from './met.ts'
import type { FiringRecord } from './records.ts'

/** One firing as it is sent. */
export interface SentFiring {
  /** The same at each try; a receiver that has had it leaves it out. */
  readonly id: string
  readonly action: string
  readonly trigger: Met['trigger']
  readonly person: string | null
  readonly profileId: string | null
  readonly occurrence: string
  readonly happenedAt: string
  readonly metAt: string
  readonly data: Data
  /** What became of what the trigger watches, where it does not only come. */
  readonly change?: Change | undefined
  /** Values before the change, where attributes ask for them. */
  readonly was?: Data | undefined
}

/** What the firings of one request have in common. */
export interface AboutFirings {
  readonly action: string
  readonly label: string
  /** The stream, segment, object or insight. */
  readonly source: string
  readonly now: Date
}

/** A way to write the body of a webhook. Those of other people are registered by their doors, at start. */
export interface BodyForm {
  readonly key: string
  readonly write: (firings: readonly SentFiring[], about: AboutFirings) => string
}

/** The platform's own form. */
export const ownForm: BodyForm = {
  key: 'tessera',
  write: (firings, { action }) =>
    JSON.stringify({
      action,
      count: firings.length,
      firings: firings.map((firing) => ({
        id: firing.id,
        trigger: firing.trigger,
        person: firing.person,
        profile_id: firing.profileId,
        occurrence: firing.occurrence,
        happened_at: firing.happenedAt,
        met_at: firing.metAt,
        ...(firing.change === undefined ? {} : { change: firing.change }),
        data: firing.data,
        ...(firing.was === undefined ? {} : { was: firing.was }),
      })),
    }),
}

/** A kept firing as it is sent. */
export const sentFiring = (of: FiringRecord): SentFiring => ({
  id: of.key,
  action: of.action,
  trigger: of.trigger,
  person: of.person,
  profileId: of.profile,
  occurrence: of.occurrence,
  happenedAt: of.happened_at,
  metAt: of.met_at,
  // Written by this room.
  data: JSON.parse(of.data) as Data,
  ...(of.change === null ? {} : { change: of.change }),
  ...(of.was === null ? {} : { was: JSON.parse(of.was) as Data }),
})
