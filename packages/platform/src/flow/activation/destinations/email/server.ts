import { isIP } from 'node:net'
import SmtpConnection from 'nodemailer/lib/smtp-connection'
import { Fault, sentenceOf } from '#kernel/fault.ts'
import type { Read } from '#kernel/read.ts'
import type { DeliveryTools } from '../../destination.ts'
import { activationFaults } from '../../faults.ts'
import type { emailDefinition } from './definition.ts'

/** The settings of an e-mail destination. */
export type EmailSettings = Read<typeof emailDefinition.settings>

/** One mail, ready to be sent. */
export interface Mail {
  readonly from: string
  readonly to: string
  readonly content: Buffer
}

/** What the server said to one mail. */
export type Said =
  | { readonly result: 'sent' }
  | { readonly result: 'try again' | 'refused'; readonly why: string }

/** A mail server that one has signed in to. */
export interface MailServer {
  readonly at: string
  readonly send: (mail: Mail) => Promise<Said>
  readonly close: () => void
}

const ports = { tls: 465, starttls: 587, none: 25 } as const
const answerMs = 30_000

/** Where a mail server is. */
export const hostOf = ({
  host,
  security = 'tls',
  port = ports[security],
}: Pick<EmailSettings, 'host' | 'security' | 'port'>) => ({ host, port })

/** Signs in to a mail server, over a connection that is guarded as every other. */
export async function openServer(
  tools: Pick<DeliveryTools, 'network' | 'secret' | 'signal'>,
  settings: EmailSettings,
): Promise<MailServer> {
  const { security = 'tls', user, password } = settings
  const { host, port } = hostOf(settings)
  const { signal } = tools
  const at = `${host}:${port}`
  const pass = password === undefined ? undefined : await tools.secret(password.secret)
  const socket = await tools.network.connect({ host, port, signal })
  const connection = new SmtpConnection({
    host,
    port,
    connection: socket,
    secure: security === 'tls',
    requireTLS: security === 'starttls',
    ignoreTLS: security === 'none',
    tls: {
      ...(settings.ca === undefined ? {} : { ca: settings.ca }),
      ...(isIP(host) === 0 ? { servername: host } : {}),
    },
    greetingTimeout: answerMs,
    socketTimeout: answerMs,
  })
  const broken = Promise.withResolvers<never>()
  // Whoever waits for an answer hears of it; nobody else has to.
  broken.promise.catch(() => {})
  connection.on('error', broken.reject)
  connection.on('end', () => broken.reject(new Error('the connection broke off')))
  const close = () => {
    signal.removeEventListener('abort', stop)
    connection.close()
    socket.destroy()
  }
  const stop = () => {
    broken.reject(signal.reason)
    close()
  }
  signal.addEventListener('abort', stop, { once: true })
  const ask = <T>(question: (done: (error?: unknown, answer?: T) => void) => void): Promise<T> => {
    const { promise, resolve, reject } = Promise.withResolvers<T>()
    // What is asked for nothing is answered with nothing.
    question((error, answer) => (error ? reject(error) : resolve(answer as T)))
    return Promise.race([promise, broken.promise])
  }
  try {
    signal.throwIfAborted()
    await ask<void>((done) => connection.connect((error) => done(error)))
    if (user !== undefined && pass !== undefined) {
      await ask<void>((done) => connection.login({ user, pass }, (error) => done(error)))
    }
  } catch (thrown) {
    close()
    signal.throwIfAborted()
    throw troubleOf(thrown, at)
  }
  const send = async ({ from, to, content }: Mail): Promise<Said> => {
    try {
      await ask((done) => connection.send({ from, to: [to] }, content, done))
      return { result: 'sent' }
    } catch (thrown) {
      signal.throwIfAborted()
      const said = saidToOne(thrown)
      if (said === undefined) throw troubleOf(thrown, at)
      await ask<void>((done) => connection.reset((error) => done(error))).catch((again) => {
        throw troubleOf(again, at)
      })
      return said
    }
  }
  return { at, send, close }
}

interface Trouble {
  readonly code?: string
  readonly command?: string
  readonly responseCode?: number
  readonly response?: string
}

// The library adds these to its errors.
const partsOf = (thrown: unknown): Trouble => (thrown instanceof Error ? (thrown as Trouble) : {})

/** What was said to this mail alone; nothing when it was said to all. */
function saidToOne(thrown: unknown): Said | undefined {
  const { command = '', responseCode = 0, response } = partsOf(thrown)
  const isOne = command === 'RCPT TO' || command === 'DATA'
  if (!isOne || responseCode < 400 || responseCode === 421) return undefined
  const why = `the mail server answered ${response ?? sentenceOf(thrown)}`
  return { result: responseCode < 500 ? 'try again' : 'refused', why }
}

function troubleOf(thrown: unknown, at: string): unknown {
  if (thrown instanceof Fault) return thrown
  const { code = '', responseCode = 0, response } = partsOf(thrown)
  const why = response ?? sentenceOf(thrown)
  // A login, a sender or a certificate that is refused is refused tomorrow as well.
  const isLasting = responseCode >= 500 || code === 'EAUTH' || code === 'ETLS'
  const fault = isLasting ? activationFaults.mail_refused : activationFaults.mail_trouble
  return fault({ at, why }, { cause: thrown })
}
