import { afterAll, describe } from 'vitest'
import { reaching } from '../../testing/reaching.ts'
import { startPostgres, withoutPostgres } from '../../testing/servers/postgres.ts'
import { describeDatabase } from '../sql/testing/database-contract.ts'
import { makePostgres } from './postgres.ts'

const server = withoutPostgres ? undefined : await startPostgres()
afterAll(() => server?.stop())

let databases = 0

async function makeWorld() {
  if (!server) throw new Error(withoutPostgres)
  const database = `world_${++databases}`
  await server.run(`create database ${database}`)
  const tools = reaching([`127.0.0.1:${server.port}`], { pass: 'pass', wrong: 'not-the-password' })
  const login = { host: '127.0.0.1', port: server.port, database, user: 'owner' }
  return {
    make: (limits?: { rows: number; bytes: number }) => makePostgres(tools, limits),
    settings: { ...login, password: { secret: 'pass' }, schema: 'public' },
    schema: 'public',
    run: (text: string) => server.run(text, database),
    killServer: () => server.kill(),
    isThinking: async () => {
      const found = await server.run(
        `select count(*) from pg_stat_activity where state = 'active' and query like 'fetch%' and pid <> pg_backend_pid()`,
        database,
      )
      return found[0]?.[0] === '1'
    },
    quote: '"',
    time: 'timestamptz',
    move: tools.clock.move,
    receivedBytes: tools.receivedBytes,
  }
}

const reason = withoutPostgres ? ` (left out: ${withoutPostgres})` : ''
describe.skipIf(withoutPostgres)(`PostgreSQL${reason}`, () => {
  describeDatabase('postgres', makeWorld)
})
