import { isIP, type Socket } from 'node:net'
import { getCACertificates, connect as secure } from 'node:tls'
import {
  type API,
  apiVersionsV1,
  fetchV4,
  fetchV11,
  listOffsetsV2,
  listOffsetsV5,
  metadataV4,
  metadataV8,
  metadataV12,
  saslAuthenticateV0,
  saslAuthenticateV2,
  saslHandshakeV1,
  saslPlain,
  saslScramSha,
} from '@platformatic/kafka'
import { sentenceOf } from '#kernel/fault.ts'
import type { ReachingTools } from '../../connector.ts'
import { connectorFaults } from '../../faults.ts'
import type { KafkaSettings } from './definition.ts'
import { codeOf, protocolErrors, wordsOf } from './trouble.ts'
import { openWire, type Wire } from './wire.ts'

/** One broker, signed in, with the requests that both sides know. */
export interface Broker {
  readonly at: string
  readonly wire: Wire
  readonly fetch: typeof fetchV11.api
  readonly listOffsets: typeof listOffsetsV5.api
  readonly metadata: typeof metadataV12.api
}

/** Where a broker is. */
export interface BrokerPlace {
  readonly host: string
  readonly port: number
}

/** What opening a broker needs. */
export interface BrokerTools extends Pick<ReachingTools, 'network' | 'secret'> {
  readonly settings: KafkaSettings
  readonly signal: AbortSignal
}

const requestTimeoutMs = 30_000

/** Opens a connection to a broker, through the gate as every other, and signs in. */
export async function openBroker(tools: BrokerTools, place: BrokerPlace): Promise<Broker> {
  const { settings, signal } = tools
  const at = `${isIP(place.host) === 6 ? `[${place.host}]` : place.host}:${place.port}`
  const plain = await tools.network.connect({ ...place, signal })
  const socket = isSecure(settings)
    ? await secured(plain, { ...tools, at, host: place.host })
    : plain
  const clientId = settings.client_id ?? 'tessera'
  const wire = openWire({ socket, at, clientId, timeoutMs: requestTimeoutMs, signal })
  try {
    const { apiKeys } = await wire.call(apiVersionsV1.api, '', '')
    const pick = <Api extends AnyApi>(...candidates: readonly Api[]) => {
      const known = apiKeys.find(({ apiKey }) => apiKey === candidates[0]?.key)
      const fits = ({ version }: Api) =>
        known !== undefined && version >= known.minVersion && version <= known.maxVersion
      const found = candidates.find(fits)
      if (found) return found
      throw connectorFaults.broker_trouble({
        at,
        why: 'it speaks no version of the protocol that is known here',
      })
    }
    if (settings.sasl)
      await signIn(tools, { at, wire }, pick(saslAuthenticateV2.api, saslAuthenticateV0.api))
    return {
      at,
      wire,
      fetch: pick(fetchV11.api, fetchV4.api),
      listOffsets: pick(listOffsetsV5.api, listOffsetsV2.api),
      metadata: pick(metadataV12.api, metadataV8.api, metadataV4.api),
    }
  } catch (thrown) {
    wire.end()
    throw thrown
  }
}

type AnyApi = Pick<API<never, unknown>, 'key' | 'version'>

/** Whether TLS is spoken: always, unless it was turned off or what is said does not leave this machine. */
function isSecure({ tls, brokers }: KafkaSettings): boolean {
  return tls === undefined ? !brokers.every(isThisMachine) : tls === 'require'
}

const isThisMachine = (broker: string) => /^(localhost|\[::1\]|127(\.\d+){3}):/.test(broker)

async function secured(
  socket: Socket,
  { settings, signal, at, host }: BrokerTools & { at: string; host: string },
): Promise<Socket> {
  const trust =
    settings.ca === undefined ? {} : { ca: [...getCACertificates('default'), settings.ca] }
  const name = isIP(host) === 0 ? { servername: host } : {}
  const { promise, resolve, reject } = Promise.withResolvers<Socket>()
  const safe = secure({ socket, host, ...trust, ...name })
  const fail = (why: string) => {
    safe.destroy()
    reject(signal.aborted ? signal.reason : connectorFaults.no_secure_connection({ at, why }))
  }
  const stop = () => fail('')
  const timer = setTimeout(() => fail('it does not answer'), requestTimeoutMs)
  signal.addEventListener('abort', stop, { once: true })
  safe.once('error', ({ message }) => fail(message))
  safe.once('close', () => fail('it ended the connection'))
  safe.once('secureConnect', () => resolve(safe))
  return promise.finally(() => {
    clearTimeout(timer)
    signal.removeEventListener('abort', stop)
    safe.removeAllListeners()
    safe.on('error', () => {})
  })
}

async function signIn(
  { settings: { sasl }, secret }: BrokerTools,
  { at, wire }: Pick<Broker, 'at' | 'wire'>,
  api: typeof saslAuthenticateV2.api,
): Promise<void> {
  if (!sasl) return
  const { user, mechanism } = sasl
  const password = await secret(sasl.password.secret)
  const refused = (why: string, cause: unknown) =>
    connectorFaults.cannot_sign_in({ at, user, why }, { cause })
  await wire.call(saslHandshakeV1.api, mechanism.toUpperCase()).catch((thrown) => {
    const code = codeOf(thrown)
    if (code === protocolErrors.illegalSaslState) throw refused('it asks nobody to sign in', thrown)
    if (code === protocolErrors.unsupportedMechanism)
      throw refused(`it does not take ${mechanism}`, thrown)
    throw thrown
  })
  const { connection } = wire
  const done =
    mechanism === 'plain'
      ? saslPlain.authenticate(api, connection, user, password)
      : saslScramSha.authenticate(api, connection, scramNames[mechanism], user, password)
  await Promise.resolve(done).catch((thrown) => {
    if (!wire.isOpen()) throw thrown
    throw refused(wordsOf(thrown) ?? sentenceOf(thrown), thrown)
  })
}

const scramNames = { 'scram-sha-256': 'SHA-256', 'scram-sha-512': 'SHA-512' } as const
