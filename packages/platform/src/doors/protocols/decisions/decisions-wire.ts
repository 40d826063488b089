import type { Collect, Source } from '#collect'
import { type Decisions, decisionFaults } from '#decisions'
import type { Clock } from '#kernel/clock.ts'
import type { Front } from '#kernel/front.ts'
import type { Log } from '#kernel/log.ts'
import {
  anything,
  list,
  object,
  optional,
  type Read,
  read,
  record,
  text,
  whole,
} from '#kernel/read.ts'
import type { Asked } from '#live'
import {
  type Endpoint,
  type Exchange,
  gone,
  jsonAnswer,
  makeFront,
  makeJsonReader,
  writeKeysIn,
} from '#wire'

/** What the wire of decisions needs. */
export interface DecisionWireTools {
  readonly decisions: Pick<Decisions, 'decide' | 'note'>
  readonly collect: Pick<Collect, 'sourceOf'>
  /** What keeps the ids of a stream of events apart from others. */
  readonly qualifierOf: (stream: string) => string | undefined
  readonly clock: Clock
  readonly log: Log
}

const limits = { mostBytes: 32 * 1024, mostOpenBytes: 16 * 1024 * 1024, mostRatio: 50 }

const writeKey = optional(text())
const question = object({
  writeKey,
  userId: optional(text({ maxLength: 1000 })),
  anonymousId: optional(text({ maxLength: 1000 })),
  context: optional(record(anything())),
  limit: optional(whole({ minimum: 1, maximum: 20 })),
})
const telling = object({ writeKey, id: text(), offers: optional(list(text())) })

const base = '/decisions/v1/'
/** Refusals that a page is told beside those of all wires: asking again would not help. */
const final = [401, 403, 404, 422]

/** The front by which pages ask for decisions and tell what was shown and clicked. */
export function makeDecisionsFront(tools: DecisionWireTools): Front {
  const { decisions, collect } = tools
  const readJson = makeJsonReader(limits)
  const openedBy = ({ request, query }: Exchange, body: unknown): Source => {
    for (const key of writeKeysIn({ headers: request.headers, query, body })) {
      const source = collect.sourceOf(key)
      if (source) return source
    }
    throw decisionFaults.no_key({})
  }
  const decide = (key: string): Endpoint => ({
    method: 'POST',
    answer: async (exchange) => {
      const received = await readJson(exchange.request)
      if (received === gone) return gone
      const asked = read(question, received.value)
      const { stream } = openedBy(exchange, asked.writeKey)
      const { id, state, offers, fallback } = await decisions.decide(key, {
        asked: idsIn(asked, tools.qualifierOf(stream)),
        context: asked.context ?? {},
        limit: asked.limit,
        by: 'page',
      })
      // Who somebody is, and why they get something, stays here.
      return jsonAnswer(200, {
        id,
        state,
        offers: offers.map(({ key: offer, payload }) => ({ key: offer, payload })),
        ...(fallback === undefined ? {} : { fallback }),
      })
    },
  })
  const note = (outcome: 'shown' | 'clicked'): Endpoint => ({
    method: 'POST',
    answer: async (exchange) => {
      const received = await readJson(exchange.request)
      if (received === gone) return gone
      const { id, offers, writeKey: key } = read(telling, received.value)
      openedBy(exchange, key)
      return jsonAnswer(200, { counted: await decisions.note(outcome, id, { offers, by: 'page' }) })
    },
  })
  const fixed = new Map([
    [`${base}shown`, note('shown')],
    [`${base}clicked`, note('clicked')],
  ])
  const asks = /^\/decisions\/v1\/decide\/([a-z][a-z0-9_]{0,62})$/
  const find = (path: string) => {
    const key = asks.exec(path)?.[1]
    return key === undefined ? fixed.get(path) : decide(key)
  }
  return makeFront(find, tools, final)
}

// Who has signed in is known by that; else the device.
function idsIn(
  { userId, anonymousId }: Read<typeof question>,
  source: string | undefined,
): readonly Asked[] {
  const ids = [userId, anonymousId].flatMap((id) => (id === undefined || id === '' ? [] : [id]))
  if (ids.length === 0) throw decisionFaults.no_id({})
  return ids.map((id) => ({ by: 'id', id, source }))
}
