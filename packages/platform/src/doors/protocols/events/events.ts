import type { Front } from '#kernel/front.ts'
import {
  type Endpoint,
  gone,
  jsonAnswer,
  makeFront,
  makeJsonReader,
  makeTaking,
  type WireTools,
} from '#wire'

const mostBytes = 500 * 1024
const mostOpenBytes = 128 * 1024 * 1024
const mostRatio = 200
const mostMessageBytes = 32 * 1024

/** The front for our own event sender: one address, a verdict for every event. */
export function makeEventsFront(tools: WireTools): Front {
  const readJson = makeJsonReader({ mostBytes, mostOpenBytes, mostRatio }, { areMessages: true })
  const take = makeTaking(tools, { wire: 'events', mostMessageBytes })
  const batch: Endpoint = {
    method: 'POST',
    answer: async ({ request, query }) => {
      const received = await readJson(request)
      if (received === gone) return gone
      const { results } = await take({ request, received, query })
      return jsonAnswer(200, { results })
    },
  }
  return makeFront((path) => (path === '/events/v1/batch' ? batch : undefined), tools)
}
