import { createHash } from 'node:crypto'
import type { Socket } from 'node:net'
import ssh2, { type Client, type ConnectConfig } from 'ssh2'
import { type Fault, sentenceOf } from '#kernel/fault.ts'
import type { ReachingTools } from '../../connector.ts'
import { connectorFaults } from '../../faults.ts'
import type { SftpSettings } from './definition.ts'

/** How long signing in may take, and how often a silent host is asked whether it is still there. */
const [signInMs, aliveMs, mostUnanswered] = [20_000, 10_000, 3]

/** Signs in to a host whose key is the one that the connection names; whoever asked for it ends it. */
export async function signIn(
  tools: Pick<ReachingTools, 'network' | 'secret'>,
  settings: SftpSettings,
  signal: AbortSignal,
): Promise<Client> {
  const { host, port = 22, user } = settings
  const at = placeOf(settings)
  const login = await loginOf(settings, tools.secret)
  const socket = await tools.network.connect({ host, port, signal })
  const { promise, resolve, reject } = Promise.withResolvers<Client>()
  const client = new ssh2.Client()
  let refused: Fault | undefined
  const hostVerifier = (key: Buffer) => {
    refused = hostRefusal(key, settings)
    return refused === undefined
  }
  client.on('ready', () => resolve(client))
  client.on('error', (thrown) => reject(refused ?? troubleOf(thrown, { at, user })))
  client.on('close', () => reject(connectorFaults.connection_lost({ at, why: 'it was ended' })))
  // Many hosts ask for the password as if a person sat there.
  client.on('keyboard-interactive', (...[, , , prompts, finish]) =>
    finish(prompts.map(() => login.password ?? '')),
  )
  signal.addEventListener('abort', () => socket.destroy(), { once: true })
  connect(client, { sock: socket, username: user, hostVerifier, ...login }, { at, user })
  try {
    return await promise
  } catch (thrown) {
    end(client, socket)
    signal.throwIfAborted()
    throw thrown
  }
}

/** How a host is called in sentences. */
export const placeOf = ({ host, port = 22 }: Pick<SftpSettings, 'host' | 'port'>): string =>
  `${host}:${port}`

interface Who {
  readonly at: string
  readonly user: string
}

function connect(client: Client, config: ConnectConfig, { at, user }: Who): void {
  const limits = {
    readyTimeout: signInMs,
    keepaliveInterval: aliveMs,
    keepaliveCountMax: mostUnanswered,
  }
  try {
    client.connect({ ...config, ...limits })
  } catch (thrown) {
    // What it says when it cannot read the private key, or not with this passphrase.
    throw connectorFaults.cannot_sign_in({ at, user, why: sentenceOf(thrown) }, { cause: thrown })
  }
}

function end(client: Client, socket: Socket): void {
  client.on('error', () => {})
  client.destroy()
  socket.destroy()
}

interface Login {
  readonly password?: string
  readonly privateKey?: string
  readonly passphrase?: string
  readonly tryKeyboard: boolean
}

async function loginOf(settings: SftpSettings, secret: ReachingTools['secret']): Promise<Login> {
  const { password, private_key: key, passphrase, user } = settings
  if (password === undefined && key === undefined) {
    const why = 'neither password nor private_key is set'
    throw connectorFaults.cannot_sign_in({ at: placeOf(settings), user, why })
  }
  return {
    ...(password && { password: await secret(password.secret) }),
    ...(key && { privateKey: await secret(key.secret) }),
    ...(passphrase && { passphrase: await secret(passphrase.secret) }),
    tryKeyboard: password !== undefined,
  }
}

function hostRefusal(key: Buffer, settings: SftpSettings): Fault | undefined {
  const at = placeOf(settings)
  const found = `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`
  const expected = settings.host_key?.replace(/=+$/, '')
  if (expected === undefined) return connectorFaults.unknown_host({ at, found })
  return found === expected ? undefined : connectorFaults.other_host({ at, found, expected })
}

function troubleOf(thrown: Error & { readonly level?: string }, { at, user }: Who): Fault {
  const [why, place] = [thrown.message, { cause: thrown }]
  if (thrown.level === 'client-authentication') {
    const both = 'it accepts neither the key nor the password that it was offered'
    return connectorFaults.cannot_sign_in({ at, user, why: both }, place)
  }
  if (thrown.level === 'client-timeout') return connectorFaults.source_timeout({ at, why }, place)
  return connectorFaults.connection_lost({ at, why }, place)
}
