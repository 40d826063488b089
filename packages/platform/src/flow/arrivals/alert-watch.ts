import { sentenceOf } from '#kernel/fault.ts'
import type { Log } from '#kernel/log.ts'
import type { Outgoing } from '#outgoing'
import type { Alert } from './api.ts'

/** What looking out for unusual volumes needs. */
export interface AlertWatchTools {
  readonly alerts: () => Promise<readonly Alert[]>
  readonly log: Log
  readonly network: Pick<Outgoing, 'send'>
  /** Where alerts are sent to as JSON, `{ "alerts": [...] }`; they are only logged when it is empty. */
  readonly url: string
}

/** Tells of what is unusual without being asked. */
export interface AlertWatch {
  /** Looks now; what was not told yet is logged and sent. What could not be sent is sent with the next look. */
  readonly look: () => Promise<void>
  readonly start: () => void
  readonly stop: () => void
}

const everyMs = 5 * 60_000

/** Looks every few minutes. The same alert is told once, also after its numbers changed. */
export function makeAlertWatch({ alerts, log, network, url }: AlertWatchTools): AlertWatch {
  const logged = new Set<string>()
  const sent = new Set<string>()
  let timer: NodeJS.Timeout | undefined

  const send = async (found: readonly Alert[]) => {
    const body = JSON.stringify({ alerts: found })
    const headers = { 'content-type': 'application/json' }
    const { status } = await network.send({ method: 'POST', url, headers, body })
    if (status < 200 || status > 299) throw new Error(`it was answered with ${status}`)
  }

  const look = async () => {
    try {
      const found = await alerts()
      for (const alert of without(logged, found)) {
        log.warn('unusual volume', { stream: alert.stream, say: alert.say })
        logged.add(nameOf(alert))
      }
      const unsent = url === '' ? [] : without(sent, found)
      if (unsent.length > 0) await send(unsent)
      for (const alert of unsent) sent.add(nameOf(alert))
    } catch (thrown) {
      log.warn('alerts could not be told; they will be with the next look', {
        why: sentenceOf(thrown),
      })
    }
  }

  return {
    look,
    start: () => {
      timer = setInterval(() => void look(), everyMs)
      timer.unref()
    },
    stop: () => clearInterval(timer),
  }
}

const nameOf = ({ stream, hour, kind }: Alert) => `${stream} ${hour} ${kind}`

const without = (told: ReadonlySet<string>, found: readonly Alert[]) =>
  found.filter((alert) => !told.has(nameOf(alert)))
