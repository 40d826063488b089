import { execFileSync } from 'node:child_process'
import { chownSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Client } from 'pg'
import {
  findProgram,
  folderOf,
  freePort,
  type Runner,
  type Running,
  runnerFor,
  startProgram,
} from './program.ts'

/** A PostgreSQL server of its own, for the tests of one file. */
export interface PostgresServer extends Running {
  readonly port: number
  /** Runs statements as the owner of everything. */
  readonly run: (text: string, database?: string) => Promise<readonly (readonly unknown[])[]>
}

const places = ['/usr/lib/postgresql/*/bin', '/usr/local/pgsql/bin']

/** Why tests with PostgreSQL are left out on this machine; empty when they are not. */
export const withoutPostgres =
  findProgram('initdb', places) && findProgram('postgres', places)
    ? ''
    : 'PostgreSQL is not installed'

/** Starts a server whose owner is `owner`, with password `pass`. */
export async function startPostgres(certificate?: {
  readonly key: string
  readonly cert: string
}): Promise<PostgresServer> {
  const program = findProgram('postgres', places) ?? ''
  const runner = runnerFor('postgres')
  const [folder, port] = [folderOf(runner), await freePort()]
  const data = join(folder, 'data')
  const password = put(folder, runner, { name: 'password', text: 'pass' })
  const args = ['-D', data, '-U', 'owner', '-E', 'UTF8', '--locale=C', '--no-sync']
  execFileSync(
    findProgram('initdb', places) ?? '',
    [...args, '--auth=scram-sha-256', `--pwfile=${password}`],
    { ...runner, stdio: 'pipe', cwd: folder },
  )
  const settings = { listen_addresses: '127.0.0.1', unix_socket_directories: folder, fsync: 'off' }
  const secure = certificate && {
    ssl: 'on',
    ssl_key_file: put(folder, runner, { name: 'key.pem', text: certificate.key }),
    ssl_cert_file: put(folder, runner, { name: 'cert.pem', text: certificate.cert }),
  }
  const options = Object.entries({ ...settings, ...secure, max_connections: '20' }).flatMap(
    ([name, value]) => ['-c', `${name}=${value}`],
  )
  const run: PostgresServer['run'] = async (text, database = 'postgres') => {
    const login = { host: '127.0.0.1', port, user: 'owner', password: 'pass', database }
    const client = new Client({ ...login, ssl: false })
    client.on('error', () => {})
    await client.connect()
    try {
      const result = await client.query<unknown[]>({ text, rowMode: 'array' })
      return [result].flat().at(-1)?.rows ?? []
    } finally {
      await client.end()
    }
  }
  const running = await startProgram({
    program,
    args: ['-D', data, '-p', String(port), ...options],
    runner,
    folder,
    ending: 'QUIT',
    isReady: async () => (await run('select 1')).length === 1,
  })
  return { ...running, port, run }
}

function put(
  folder: string,
  { uid, gid }: Runner,
  { name, text }: { readonly name: string; readonly text: string },
): string {
  const path = join(folder, name)
  writeFileSync(path, text, { mode: 0o600 })
  if (uid !== undefined && gid !== undefined) chownSync(path, uid, gid)
  return path
}
