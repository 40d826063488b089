import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import ssh2, { type AuthContext, type Session } from 'ssh2'
import { onTestFinished } from 'vitest'

/** A host that asks for a password, as OpenSSH can only where there are accounts for it. */
export interface PasswordHost {
  readonly port: number
  readonly hostKey: string
}

/** How a host wants the password: given at once, or typed when it is asked for. */
export type PasswordWay = 'password' | 'keyboard-interactive'

/** Starts a host that lets in whoever knows the password `pass`; files are handed out by OpenSSH's program. */
export async function startPasswordHost(
  way: PasswordWay,
  fileServer: string,
): Promise<PasswordHost> {
  // The library writes one ed25519 key of 256 so that it cannot read it itself.
  const keys = ssh2.utils.generateKeyPairSync('ecdsa', { bits: 256 })
  const server = new ssh2.Server({ hostKeys: [keys.private] }, (client) => {
    client.on('error', () => {})
    client.on('authentication', (context) => letIn(context, way))
    client.on('session', (accept) => handOutFiles(accept(), fileServer))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const [, blob = ''] = keys.public.split(' ')
  const hash = createHash('sha256').update(Buffer.from(blob, 'base64')).digest('base64')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port was given')
  return { port: address.port, hostKey: `SHA256:${hash}` }
}

function letIn(context: AuthContext, way: PasswordWay): void {
  const decide = (password: string | undefined) =>
    password === 'pass' ? context.accept() : context.reject()
  if (context.method !== way) context.reject([way])
  else if (context.method === 'password') decide(context.password)
  else if (context.method === 'keyboard-interactive') {
    context.prompt([{ prompt: 'Password: ', echo: false }], ([typed]) => decide(typed))
  }
}

function handOutFiles(session: Session, fileServer: string): void {
  session.on('subsystem', (accept) => {
    const channel = accept()
    const child = spawn(fileServer, { stdio: ['pipe', 'pipe', 'ignore'] })
    channel.pipe(child.stdin)
    child.stdout.pipe(channel)
    channel.on('close', () => child.kill())
  })
}
