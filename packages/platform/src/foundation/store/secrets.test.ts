import { rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { systemCaller } from '#kernel/caller.ts'
import { openSecrets, secretRoutes } from './index.ts'
import { seal, unseal } from './seal.ts'
import { memoryStore, temporaryStore, testSecrets } from './testing/index.ts'

test('a secret comes back to who knows its name, and only names are listed', async () => {
  await using store = await memoryStore()
  const secrets = testSecrets(store)
  await secrets.set('crm_password', 'first')
  await secrets.set('crm_password', 'tr0ub4dor')
  expect(await secrets.get('crm_password')).toBe('tr0ub4dor')
  expect(await secrets.list()).toEqual([
    { name: 'crm_password', updatedAt: '1970-01-01T00:00:00.000Z' },
  ])
  const { rows } = await sql`select * from secret`.execute(store.as())
  expect(JSON.stringify(rows)).not.toContain('tr0ub4dor')
  await secrets.remove('crm_password')
  await expect(secrets.get('crm_password')).rejects.toMatchObject({ code: 'store.unknown_secret' })
})

test('a mistyped name is answered with the near one', async () => {
  await using store = await memoryStore()
  const secrets = testSecrets(store)
  await secrets.set('crm_password', 'x')
  await expect(secrets.get('crm_pasword')).rejects.toThrow('did you mean "crm_password"?')
})

test('the key is made once, for its owner only, and its loss is told', async () => {
  await using store = await temporaryStore()
  const open = () => openSecrets({ store, folder: store.folder })
  await (await open()).set('a', 'one')
  expect(await (await open()).get('a')).toBe('one')
  const file = join(store.folder, 'secret.key')
  expect(statSync(file).mode & 0o777).toBe(0o600)
  writeFileSync(file, Buffer.alloc(32).toString('base64url'))
  await expect((await open()).get('a')).rejects.toMatchObject({ code: 'store.secret_unreadable' })
  rmSync(file)
  await expect(open()).rejects.toMatchObject({ code: 'store.secret_key_missing' })
})

test('sealed text opens only under its own key and name, unchanged', () => {
  const key = new Uint8Array(32).fill(7)
  const nonce = new Uint8Array(12)
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string(), fc.nat(), (plain, name, at) => {
      const sealed = seal(plain, key, name, nonce)
      expect(unseal(sealed, key, name)).toBe(plain)
      expect(unseal(sealed, key, `${name}!`)).toBeUndefined()
      expect(unseal(sealed, new Uint8Array(32), name)).toBeUndefined()
      const bytes = Buffer.from(sealed.split('.')[3]!, 'base64url')
      bytes[at % 16]! ^= 1
      const forged = [...sealed.split('.').slice(0, 3), bytes.toString('base64url')].join('.')
      expect(unseal(forged, key, name)).toBeUndefined()
    }),
    { numRuns: 50 },
  )
})

test('through the routes a secret goes in, is written down, and never comes out', async () => {
  await using store = await memoryStore()
  const secrets = testSecrets(store)
  const written: string[] = []
  const record = async (...[{ name }, verb, subject]: [{ name: string }, string, string]) =>
    written.push(`${name} ${verb} ${subject}`)
  const [list, set, remove] = secretRoutes({ store, secrets, record })
  const request = {
    params: { name: 'a' },
    query: {},
    body: { value: 'hidden' },
    caller: systemCaller,
    signal: new AbortController().signal,
  } as never
  await set!.run(request)
  expect(JSON.stringify(await list!.run(request))).not.toContain('hidden')
  await remove!.run(request)
  expect(written).toEqual(['system secret.set secret:a', 'system secret.remove secret:a'])
})
