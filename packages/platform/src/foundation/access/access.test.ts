import { readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { auditMigrations, makeAudit } from '#audit'
import { systemCaller } from '#kernel/caller.ts'
import { stoppedClock } from '#kernel/clock.ts'
import { countedIds } from '#kernel/ids.ts'
import { temporaryStore } from '#store/testing'
import { accessMigrations, accessRoutes, demand, firstTokenIn, makeAccess } from './index.ts'

async function openAccess() {
  const store = await temporaryStore({ audit: auditMigrations, access: accessMigrations })
  const clock = stoppedClock(new Date('2026-01-02T03:04:05Z'))
  const audit = makeAudit({ store, clock })
  const access = makeAccess({ store, audit, clock, ids: countedIds() })
  return { store, audit, access, folder: store.folder, [Symbol.asyncDispose]: store.close }
}

test('a token opens the door under its name until it is revoked', async () => {
  await using opened = await openAccess()
  const { create, callerOf, revoke } = opened.access
  const { token, secret } = await create(systemCaller, { name: 'crm sync', rights: ['write'] })
  expect(await callerOf(secret)).toEqual({
    name: 'crm sync',
    rights: ['write'],
    spaces: ['default'],
  })
  await revoke(systemCaller, token.id)
  expect(await callerOf(secret)).toBeUndefined()
  await expect(revoke(systemCaller, token.id)).rejects.toMatchObject({
    code: 'access.unknown_token',
  })
})

test.each([
  '',
  'tessera_',
  'tessera_id000001_',
  'tessera_id000001_wrong',
  'tessera_x_y',
  'Bearer x',
  'tessera___',
])('nobody comes in with %j', async (forged) => {
  await using opened = await openAccess()
  await opened.access.create(systemCaller, { name: 'a', rights: ['read'] })
  expect(await opened.access.callerOf(forged)).toBeUndefined()
})

test('the secret of a token is kept nowhere', async () => {
  await using opened = await openAccess()
  const { secret } = await opened.access.create(systemCaller, { name: 'a', rights: ['read'] })
  const { rows } = await sql`select * from token, audit_entry`.execute(opened.store.as())
  expect(JSON.stringify(rows)).not.toContain(secret.split('_')[2])
})

test('names are unique among the tokens in use', async () => {
  await using opened = await openAccess()
  const { create, revoke, list } = opened.access
  const first = await create(systemCaller, { name: 'a', rights: ['read'] })
  const again = create(systemCaller, { name: 'a', rights: ['admin'] })
  await expect(again).rejects.toMatchObject({ code: 'access.name_taken', status: 409 })
  await revoke(systemCaller, first.token.id)
  await create(systemCaller, { name: 'a', rights: ['admin'] })
  expect((await list()).map(({ name, revokedAt }) => [name, revokedAt !== undefined])).toEqual([
    ['a', true],
    ['a', false],
  ])
})

test('the first start leaves a token in the data folder, for its owner only, and later starts keep it', async () => {
  await using opened = await openAccess()
  const { access, folder } = opened
  await access.ensureFirstToken(folder)
  const token = await firstTokenIn(folder)
  expect(statSync(join(folder, 'token')).mode & 0o777).toBe(0o600)
  expect(await access.callerOf(token)).toMatchObject({ name: 'owner', rights: systemCaller.rights })
  await access.ensureFirstToken(folder)
  expect(readFileSync(join(folder, 'token'), 'utf8').trim()).toBe(token)
})

test('a lost first token is replaced, and the old one opens nothing', async () => {
  await using opened = await openAccess()
  const { access, folder } = opened
  await access.ensureFirstToken(folder)
  const old = await firstTokenIn(folder)
  rmSync(join(folder, 'token'))
  await access.ensureFirstToken(folder)
  expect(await access.callerOf(old)).toBeUndefined()
  expect(await access.callerOf(await firstTokenIn(folder))).toMatchObject({ name: 'owner' })
})

test('who made and revoked a token is written down', async () => {
  await using opened = await openAccess()
  const { token } = await opened.access.create(systemCaller, { name: 'a', rights: ['read'] })
  await opened.access.revoke({ ...systemCaller, name: 'ada' }, token.id)
  const entries = await opened.audit.list({ subject: `token:${token.id}` })
  expect(entries.map(({ caller, verb }) => [caller, verb])).toEqual([
    ['ada', 'token.revoke'],
    ['system', 'token.create'],
  ])
})

test('a token made in a transaction that fails opens nothing', async () => {
  await using opened = await openAccess()
  let secret = ''
  const failed = opened.store.transaction(async () => {
    const made = await opened.access.create(systemCaller, { name: 'a', rights: ['read'] })
    secret = made.secret
    throw new Error('no')
  })
  await expect(failed).rejects.toThrow('no')
  expect(await opened.access.callerOf(secret)).toBeUndefined()
})

test('a token for other tools reads customers of one space, and says whose pages may show them', async () => {
  await using opened = await openAccess()
  const { create, callerOf, originsOf, revoke, list } = opened.access
  const origins = ['https://desk.example.com', 'http://127.0.0.1:8080']
  const wanted = { name: 'desk', rights: ['read_customers' as const], origins, space: 'eu' }
  const { token, secret } = await create(systemCaller, wanted)
  expect(token).toMatchObject(wanted)
  expect(await list()).toEqual([token])
  const caller = await callerOf(secret)
  expect(caller).toEqual({ name: 'desk', rights: ['read_customers'], spaces: ['eu'], within: 'eu' })
  expect(demand(caller, 'read_customers')).toBe(caller)
  for (const right of ['read', 'write', 'admin'] as const)
    expect(() => demand(caller, right)).toThrow(`"desk" may read customers here, but this needs`)
  expect(await originsOf(token.id)).toEqual(origins)
  await revoke(systemCaller, token.id)
  expect(await originsOf(token.id)).toEqual([])
  expect(await originsOf('nobody')).toEqual([])
})

test('what could do more than show customers is not for other pages, and what is no origin is told', async () => {
  await using opened = await openAccess()
  const made = opened.access.create(systemCaller, {
    name: 'desk',
    rights: ['read', 'read_customers'],
    origins: ['https://desk.example.com', 'https://*.example.com', "https://a.com; script-src 'x'"],
  })
  await expect(made).rejects.toMatchObject({
    status: 422,
    problems: [
      { code: 'access.not_only_customers', at: 'rights' },
      { code: 'access.no_origin', at: 'origins[1]' },
      { code: 'access.no_origin', at: 'origins[2]' },
    ],
  })
  const limited = { name: 'eu', rights: ['read' as const], space: 'eu' }
  await expect(opened.access.create(systemCaller, limited)).rejects.toMatchObject({
    code: 'access.not_only_customers',
  })
})

test.each([
  'desk.example.com',
  'https://desk.example.com/',
  'https://Desk.example.com',
  'https://desk.example.com:443',
  'ftp://desk.example.com',
  'file:///tmp',
  'null',
  '*',
  "'self'",
  'https://a.com https://b.com',
])('%j is no origin', async (origin) => {
  await using opened = await openAccess()
  const wanted = { name: 'desk', rights: ['read_customers' as const], origins: [origin] }
  await expect(opened.access.create(systemCaller, wanted)).rejects.toMatchObject({
    code: 'access.no_origin',
    at: 'origins[0]',
  })
})

test('who may read may read customers', () => {
  const reader = { name: 'reader', rights: ['read'], spaces: ['default'] } as const
  expect(demand(reader, 'read_customers')).toBe(reader)
})

test('a right is demanded in words', () => {
  const sender = { name: 'sender', rights: ['write'], spaces: ['default'] } as const
  expect(demand(sender, 'write')).toBe(sender)
  expect(() => demand(sender, 'read')).toThrow('"sender" may write here, but this needs read')
  expect(() => demand(sender, 'read')).toThrow(expect.objectContaining({ status: 403 }))
  expect(() => demand(undefined, 'read')).toThrow(expect.objectContaining({ status: 401 }))
})

test('every route needs the admin right', async () => {
  await using opened = await openAccess()
  const routes = accessRoutes(opened.access)
  expect(routes.map(({ method, path, may }) => `${method} ${path} ${may}`)).toEqual([
    'GET /tokens admin',
    'POST /tokens admin',
    'DELETE /tokens/:id admin',
  ])
  const body = { name: 'a', rights: ['read'] }
  await routes[1]?.run({ body, caller: systemCaller } as never)
  expect(await routes[0]?.run({} as never)).toMatchObject([{ name: 'a', createdBy: 'system' }])
})
