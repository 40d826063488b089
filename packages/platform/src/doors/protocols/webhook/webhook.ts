import type { Collect } from '#collect'
import type { WebhookSettings } from '#connectors/definition'
import type { Clock } from '#kernel/clock.ts'
import { Fault } from '#kernel/fault.ts'
import type { Front } from '#kernel/front.ts'
import type { Log } from '#kernel/log.ts'
import {
  type Endpoint,
  gone,
  jsonAnswer,
  makeBodyParser,
  makeBodyReader,
  makeFront,
  mostMessages,
  wireFaults,
} from '#wire'
import { webhookFaults } from './faults.ts'
import { itemsOf } from './records.ts'
import { checkSignature, type Signed } from './signature.ts'

/** What taking in what is posted needs. */
export interface WebhookTools {
  readonly collect: Pick<Collect, 'targetOf' | 'take'>
  /** The settings of the connection that a stream takes posts from. */
  readonly settingsOf: (stream: string) => Promise<WebhookSettings | undefined>
  readonly secret: (name: string) => Promise<string>
  readonly clock: Clock
  readonly log: Log
}

const start = '/hooks/v1/'
const limits = { mostBytes: 4 * 1024 ** 2, mostOpenBytes: 64 * 1024 ** 2, mostRatio: 200 }

// People mend it, not time.
const noSecretSeconds = 60

/** The front for systems that post. */
export function makeWebhookFront(tools: WebhookTools): Front {
  const readBody = makeBodyReader(limits)
  const parse = makeBodyParser(limits)

  const check = async (
    stream: string,
    { signature }: WebhookSettings,
    signed: Omit<Signed, 'secret'>,
  ) => {
    try {
      const secret = await tools.secret(signature.secret.secret)
      checkSignature(signature, { ...signed, secret })
    } catch (cause) {
      // What is wrong with our own secret is no business of a sender whom nobody knows yet, and passes.
      if (!(cause instanceof Fault) || cause.status === 401) throw cause
      throw webhookFaults.no_secret({ stream, retryAfterSeconds: noSecretSeconds }, { cause })
    }
  }

  const hook: Endpoint = {
    method: 'POST',
    answer: async ({ request, path }) => {
      const stream = path.slice(start.length)
      const settings = await tools.settingsOf(stream)
      const target = tools.collect.targetOf(stream)
      if (!target || !settings) throw webhookFaults.unknown_hook({ stream })
      const body = await readBody(request)
      if (body === gone) return gone
      const receivedAt = tools.clock.now()
      const { headers } = request
      await check(stream, settings, { headers, body, now: receivedAt })
      const delivery = [headers['webhook-id']].flat()[0]
      const { value } = await parse(body, headers)
      const items = itemsOf(value, settings, { receivedAt, delivery })
      if (items.length > mostMessages)
        throw wireFaults.too_many({ found: items.length, most: mostMessages })
      const verdicts = await tools.collect.take(target, items, { wire: 'webhook', receivedAt })
      const results = verdicts.map(({ status, reason }) =>
        reason === undefined ? { status } : { status, reason },
      )
      return jsonAnswer(200, { results })
    },
  }
  const find = (path: string) =>
    path.startsWith(start) && path.length > start.length ? hook : undefined
  // Senders of webhooks want to know what is wrong, and try again for days.
  return makeFront(find, tools, [401, 404, 422])
}
