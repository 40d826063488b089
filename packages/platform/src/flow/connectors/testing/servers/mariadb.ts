import { execFileSync } from 'node:child_process'
import { chownSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createConnection } from 'mysql2/promise'
import {
  findProgram,
  folderOf,
  freePort,
  type Runner,
  type Running,
  runnerFor,
  startProgram,
} from './program.ts'

/** A MariaDB server of its own, for the tests of one file. */
export interface MariadbServer extends Running {
  readonly port: number
  /** Runs statements as the owner of everything; the rows of the last, values as they are written. */
  readonly run: (text: string, database?: string) => Promise<readonly (readonly unknown[])[]>
}

const places = ['/usr/sbin', '/usr/local/mysql/bin']

/** Why tests with MariaDB are left out on this machine; empty when they are not. */
export const withoutMariadb =
  findProgram('mariadbd', places) && findProgram('mariadb-install-db', places)
    ? ''
    : 'MariaDB is not installed'

/** Starts a server whose owner is `owner`, with password `pass`. */
export async function startMariadb(certificate?: {
  readonly key: string
  readonly cert: string
}): Promise<MariadbServer> {
  const program = findProgram('mariadbd', places) ?? ''
  const runner = runnerFor('mysql')
  const [folder, port] = [folderOf(runner), await freePort()]
  const data = join(folder, 'data')
  execFileSync(
    findProgram('mariadb-install-db', places) ?? '',
    [
      '--no-defaults',
      `--datadir=${data}`,
      '--skip-test-db',
      '--auth-root-authentication-method=normal',
    ],
    { ...runner, stdio: 'pipe', cwd: folder },
  )
  const init = put(folder, runner, {
    name: 'init.sql',
    text: `create user owner@'%' identified by 'pass';\ngrant all on *.* to owner@'%' with grant option;\n`,
  })
  const secure = certificate
    ? [
        `--ssl-key=${put(folder, runner, { name: 'key.pem', text: certificate.key })}`,
        `--ssl-cert=${put(folder, runner, { name: 'cert.pem', text: certificate.cert })}`,
      ]
    : []
  const run: MariadbServer['run'] = async (text, database) => {
    const connection = await createConnection({
      host: '127.0.0.1',
      port,
      user: 'owner',
      password: 'pass',
      ...(database === undefined ? {} : { database }),
      multipleStatements: true,
      typeCast: (field) => field.string(),
    })
    try {
      const [rows] = await connection.query({ sql: text, rowsAsArray: true })
      // What is asked for in tests are rows.
      return Array.isArray(rows) ? (rows as unknown[][]) : []
    } finally {
      await connection.end()
    }
  }
  const running = await startProgram({
    program,
    args: [
      '--no-defaults',
      `--datadir=${data}`,
      `--port=${port}`,
      '--bind-address=127.0.0.1',
      `--socket=${join(folder, 's')}`,
      `--init-file=${init}`,
      '--innodb-flush-log-at-trx-commit=0',
      '--innodb-buffer-pool-size=32M',
      '--default-time-zone=+05:30',
      ...secure,
    ],
    runner,
    folder,
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
