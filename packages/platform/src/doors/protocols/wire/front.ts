import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Clock } from '#kernel/clock.ts'
import type { Front } from '#kernel/front.ts'
import type { Log } from '#kernel/log.ts'
import { type Answer, send, sendAtOnce } from './answer.ts'
import { gone } from './body.ts'
import { answerPreflight } from './cors.ts'
import { wireFaults } from './faults.ts'
import { makeRefuse } from './refusal.ts'
import { targetOf } from './target.ts'

/** One request, its target read. */
export interface Exchange {
  readonly request: IncomingMessage
  readonly path: string
  readonly query: URLSearchParams | undefined
}

/** One address of a wire. */
export interface Endpoint {
  readonly method: 'GET' | 'POST'
  readonly answer: (exchange: Exchange) => Answer | Promise<Answer | typeof gone>
  /** How what goes wrong is said, where it is not said as everywhere. */
  readonly shape?: (failure: Answer) => Answer
}

/** A front over the addresses of a wire: pages may ask first, other methods are refused, whatever is thrown is answered. */
export function makeFront(
  find: (path: string) => Endpoint | undefined,
  { clock, log }: { readonly clock: Clock; readonly log: Log },
  alsoFinal: readonly number[] = [],
): Front {
  const refuse = makeRefuse(log, () => clock.now().getTime(), alsoFinal)

  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    const exchange = { request, ...targetOf(request.url ?? '/') }
    const endpoint = find(exchange.path)
    try {
      const answer = await ask(exchange, endpoint)
      if (answer !== gone) send(request, response, answer)
    } catch (thrown) {
      const failure = refuse(thrown)
      const answer = endpoint?.shape ? endpoint.shape(failure) : failure
      // What is still coming in is not waited for.
      sendAtOnce(request, response, answer)
    }
  }

  return {
    takes: (_, path) => find(path) !== undefined,
    answer: (request, response) => {
      if (request.method === 'OPTIONS') return answerPreflight(request, response)
      // Nothing is left to say to a client whose answer itself cannot be sent.
      serve(request, response).catch(() => request.destroy())
    },
  }
}

function ask(exchange: Exchange, endpoint: Endpoint | undefined) {
  const { method = '' } = exchange.request
  const isRight = method === endpoint?.method || (method === 'HEAD' && endpoint?.method === 'GET')
  if (endpoint && isRight) return endpoint.answer(exchange)
  const allowed = endpoint?.method ?? 'nothing'
  throw wireFaults.wrong_method({ method, path: exchange.path, allowed })
}
