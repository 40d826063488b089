import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'
import { makeCertificate } from '#outgoing/testing'

/** A mail as it came over the wire. */
export interface CameMail {
  readonly from: string
  readonly to: readonly string[]
  readonly raw: string
  readonly isSecure: boolean
  readonly user: string | undefined
}

/** What the server says to a receiver: nothing when they are taken. */
export type Judge = (to: string) => { readonly code: number; readonly say: string } | undefined

/** A real mail server on this machine; everybody signs in as `shop` with `pass`. */
export async function startMailServer(of: {
  readonly security: 'tls' | 'starttls' | 'none'
  readonly judge?: Judge
  readonly port?: number
}) {
  const mails: CameMail[] = []
  const certificate = makeCertificate('localhost', [
    new Date(Date.now() - 86_400_000),
    new Date(Date.now() + 86_400_000),
  ])
  const options: SMTPServerOptions = {
    secure: of.security === 'tls',
    ...(of.security === 'none' ? {} : { key: certificate.key, cert: certificate.cert }),
    disabledCommands: of.security === 'none' ? ['STARTTLS', 'AUTH'] : [],
    authOptional: true,
    onAuth: ({ username, password }, _, done) =>
      username === 'shop' && password === 'pass'
        ? done(null, { user: username })
        : done(new Error('no such login')),
    onRcptTo: ({ address }, _, done) => {
      const said = of.judge?.(address)
      done(said && Object.assign(new Error(said.say), { responseCode: said.code }))
    },
    onData: (stream, session, done) => {
      buffer(stream).then((raw) => {
        const { mailFrom, rcptTo } = session.envelope
        mails.push({
          from: mailFrom === false ? '' : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          raw: raw.toString(),
          isSecure: session.secure,
          user: session.user,
        })
        done()
      }, done)
    },
  }
  const server = new SMTPServer(options)
  // Clients that break off are told to the tests by what came.
  server.on('error', () => {})
  server.listen(of.port ?? 0, '127.0.0.1')
  await once(server.server, 'listening')
  const { port } = server.server.address() as AddressInfo
  return {
    port,
    mails,
    ca: certificate.cert,
    stop: () => new Promise<void>((resolve) => server.close(() => resolve())),
  }
}
