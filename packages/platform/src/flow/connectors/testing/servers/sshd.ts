import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { findProgram, folderOf, freePort, type Running, startProgram } from './program.ts'

/** OpenSSH's server for the tests of one file, which lets in whoever runs them, by a key. */
export interface SshServer extends Running {
  readonly port: number
  readonly user: string
  /** The fingerprint of the host. */
  readonly hostKey: string
  /** A key that is let in, as it is, and the same locked with the passphrase `pass`. */
  readonly key: string
  readonly lockedKey: string
  /** A key that is not let in. */
  readonly otherKey: string
}

const places = ['/usr/sbin', '/usr/local/sbin']
const program = findProgram('sshd', places)
const keygen = findProgram('ssh-keygen')

/** Where OpenSSH keeps the program that hands out files; without it, its own within the server is used. */
export const fileServer = findProgram('sftp-server', [
  '/usr/lib/openssh',
  '/usr/libexec',
  '/usr/libexec/openssh',
])

/** Why tests with SSH are left out on this machine; empty when they are not. */
export const withoutSsh = reasonAgainst()

function reasonAgainst(): string {
  if (!program || !keygen) return 'OpenSSH (openssh-server) is not installed'
  return /(nologin|false)$/.test(userInfo().shell ?? '') ? 'this user may not sign in' : ''
}

/** Starts a server of the current user. */
export async function startSsh(): Promise<SshServer> {
  const [folder, port] = [folderOf({}), await freePort()]
  const path = (name: string) => join(folder, name)
  const make = (name: string, passphrase = '') => {
    const args = ['-q', '-t', 'ed25519', '-N', passphrase, '-C', name, '-f', path(name)]
    execFileSync(keygen ?? '', args)
    return readFileSync(path(name), 'utf8')
  }
  make('host')
  const [key, otherKey, lockedKey] = [make('key'), make('other'), make('locked', 'pass')]
  const letIn = ['key', 'locked'].map((name) => readFileSync(path(`${name}.pub`), 'utf8')).join('')
  writeFileSync(path('authorized'), letIn, { mode: 0o600 })
  const [, hostKey = ''] = execFileSync(keygen ?? '', ['-l', '-f', path('host.pub')], {
    encoding: 'utf8',
  }).split(' ')
  writeFileSync(path('config'), configOf(port, path))
  // Where the administrator runs it, it wants this folder to be there.
  if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true })
  const running = await startProgram({
    program: program ?? '',
    args: ['-D', '-e', '-f', path('config')],
    runner: {},
    folder,
    isReady: () => isOpen(port),
  })
  const { username: user } = userInfo()
  return { ...running, port, user, hostKey, key, lockedKey, otherKey }
}

const configOf = (port: number, path: (name: string) => string) => `
ListenAddress 127.0.0.1:${port}
HostKey ${path('host')}
AuthorizedKeysFile ${path('authorized')}
PidFile ${path('pid')}
PermitRootLogin prohibit-password
PasswordAuthentication no
StrictModes no
UsePAM no
Subsystem sftp internal-sftp
`

const isOpen = (port: number) =>
  new Promise<boolean>((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('data', () => {
      resolve(true)
      socket.destroy()
    })
    socket.once('error', () => resolve(false))
  })
