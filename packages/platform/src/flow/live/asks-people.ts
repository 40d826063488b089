import { type AsksPeople, type EventFields, evaluate } from '#actions'
import { Fault } from '#kernel/fault.ts'
import { factsOf, flat } from './facts.ts'
import type { LiveProfiles } from './live.ts'

/** Lets actions ask live profiles, as they were when an event arrived. */
export const asksPeople = ({
  live,
  fields,
}: {
  readonly live: Pick<LiveProfiles, 'personAt' | 'sourceOf'>
  readonly fields: () => Promise<EventFields>
}): AsksPeople => ({
  holds: async (who, { stream, id, position, at }) => {
    const asked = { by: 'id', id, source: live.sourceOf(stream) } as const
    const person = await live.personAt(asked, { position, at }).catch(several)
    return person && evaluate(flat(who), await fields(), factsOf(person, {}))
  },
})

/** Where several are meant, it cannot be told of any. */
function several(thrown: unknown): undefined {
  if (thrown instanceof Fault && thrown.code === 'live.several') return undefined
  throw thrown
}
