import { afterAll, describe } from 'vitest'
import { reaching } from '../../testing/reaching.ts'
import { startMariadb, withoutMariadb } from '../../testing/servers/mariadb.ts'
import { describeDatabase } from '../sql/testing/database-contract.ts'
import { makeMysql } from './mysql.ts'

const server = withoutMariadb ? undefined : await startMariadb()
afterAll(() => server?.stop())

let databases = 0

async function makeWorld() {
  if (!server) throw new Error(withoutMariadb)
  const database = `world_${++databases}`
  await server.run(`create database ${database}`)
  const tools = reaching([`127.0.0.1:${server.port}`], { pass: 'pass', wrong: 'not-the-password' })
  const login = { host: '127.0.0.1', port: server.port, database, user: 'owner' }
  return {
    make: (limits?: { rows: number; bytes: number }) => makeMysql(tools, limits),
    settings: { ...login, password: { secret: 'pass' } },
    schema: database,
    run: (text: string) => server.run(text, database),
    killServer: () => server.kill(),
    isThinking: async () => {
      const found = await server.run(
        `select count(*) from information_schema.processlist where info like '%cross join%' and id <> connection_id()`,
      )
      return found[0]?.[0] === '1'
    },
    quote: '`',
    time: 'datetime(6)',
    move: tools.clock.move,
    receivedBytes: tools.receivedBytes,
  }
}

const reason = withoutMariadb ? ` (left out: ${withoutMariadb})` : ''
describe.skipIf(withoutMariadb)(`MariaDB${reason}`, () => {
  describeDatabase('mysql', makeWorld)
})
