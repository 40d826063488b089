import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { systemCaller } from '#kernel/caller.ts'
import { anything, object, optional, record, text as words } from '#kernel/read.ts'
import {
  defineKind,
  definitionRoutes,
  makeDefinitions,
  printPlan,
  readFiles,
  schemaOf,
  secretsIn,
  writeSchema,
} from './index.ts'
import { gatherKinds } from './kind.ts'
import { describeKinds, memoryDefinitions, trial } from './testing/index.ts'
import { pick, shelf, shop } from './testing/shop.ts'

const text = 'kind: shelf\nkey: a\nfields: [name]\n---\nkind: pick\nkey: p\nshelf: a\n'
const read = (yaml: string) => readFiles([{ file: 'f.yaml', text: yaml }])

async function applied(yaml = text) {
  const made = await memoryDefinitions(shop)
  const apply = async (more: string, options = {}) =>
    made.definitions.apply(await made.definitions.plan(read(more), options), systemCaller)
  await apply(yaml)
  return { ...made, apply, [Symbol.asyncDispose]: made.store[Symbol.asyncDispose] }
}
const shelfA = { kind: 'shelf', key: 'a' }
const pickP = { kind: 'pick', key: 'p' }

describeKinds(shop)

test('an applied plan is a numbered change; the same again is none', async () => {
  await using made = await applied()
  const { definitions, audit, apply } = made
  expect(await definitions.changes()).toEqual([
    {
      number: 1,
      verb: 'apply',
      at: '2026-01-01T00:00:00.000Z',
      by: 'system',
      did: [
        { ...pickP, version: 1, did: 'create' },
        { ...shelfA, version: 1, did: 'create' },
      ],
    },
  ])
  const entries = await audit.list({ subject: 'shelf:a' })
  expect(entries).toMatchObject([
    { caller: 'system', verb: 'definition.create', details: { change: 1, version: 1 } },
  ])
  expect(await apply(text)).toBeUndefined()
  const catalogue = await definitions.catalogue()
  expect(catalogue.get(shelf, 'a').body.height).toBe(2)
  expect(catalogue.list(pick).map(({ body }) => body.shelf)).toEqual(['a'])
  expect(catalogue.find(shelf, 'b')).toBeUndefined()
  expect(() => catalogue.get(shelf, 'aa')).toThrow('there is no shelf "aa"; did you mean "a"?')
})

test('the catalogue is the same until something changes, and nothing that was taken back is in it', async () => {
  await using made = await applied()
  const { definitions, store, apply } = made
  const before = await definitions.catalogue()
  expect(await definitions.catalogue()).toBe(before)
  const taller = text.replace('fields', 'height: 5\nfields')
  const takenBack = store.transaction(async () => {
    await apply(taller)
    expect((await definitions.catalogue()).get(shelf, 'a').body.height).toBe(5)
    throw new Error('no')
  })
  await expect(takenBack).rejects.toThrow('no')
  expect((await definitions.catalogue()).get(shelf, 'a').body.height).toBe(2)
  // Under the number of the change that was taken back.
  expect(await apply(taller.replace('5', '7'))).toMatchObject({ number: 2 })
  expect((await definitions.catalogue()).get(shelf, 'a').body.height).toBe(7)
})

test('what needs more than the right to write is refused to whoever lacks it, also as an undo', async () => {
  await using made = await applied()
  const { definitions } = made
  const sender = { name: 'sender', rights: ['write'], spaces: ['default'] } as const
  const put = (sql: string | undefined, caller: typeof sender | typeof systemCaller) =>
    definitions.put({ ...pickP, body: { shelf: 'a', ...(sql && { sql }) } }, caller)
  await put('select 1', systemCaller)
  await expect(put('select 2', sender)).rejects.toMatchObject({
    code: 'definitions.not_allowed',
    status: 403,
    message: expect.stringContaining('"sender" may not save pick/p'),
  })
  const away = await put(undefined, sender)
  await expect(definitions.undo(away?.number ?? 0, sender)).rejects.toMatchObject({ status: 403 })
  expect(await definitions.undo(away?.number ?? 0, systemCaller)).toMatchObject({ verb: 'undo' })
})

test('a plan with problems, or of yesterday, is refused and nothing is kept', async () => {
  await using made = await applied()
  const { definitions } = made
  const wrong = await definitions.plan(read('kind: shelf\nkey: b\nfields: 1\n'))
  await expect(definitions.apply(wrong, systemCaller)).rejects.toThrow('f.yaml:3:1 fields')
  const plan = await definitions.plan(read('kind: shelf\nkey: a\nfields: [x]\n'))
  await definitions.put({ ...shelfA, body: { fields: ['y'] } }, systemCaller)
  await expect(definitions.apply(plan, systemCaller)).rejects.toMatchObject({
    code: 'definitions.changed_meanwhile',
    status: 409,
  })
  expect((await definitions.get(shelfA)).version).toBe(2)
})

test('when the record of who did it fails, nothing is kept', async () => {
  await using made = await applied()
  const record = async () => {
    throw new Error('no ink')
  }
  const definitions = makeDefinitions({ ...made, kinds: shop, audit: { ...made.audit, record } })
  await expect(definitions.put({ ...shelfA, body: { fields: [] } }, systemCaller)).rejects.toThrow(
    'no ink',
  )
  expect((await definitions.get(shelfA)).body).toEqual({ fields: ['name'], height: 2 })
})

test('a writer who has not seen the newest version is refused', async () => {
  await using made = await applied()
  const { definitions } = made
  const put = (over: number) =>
    definitions.put({ ...shelfA, body: { fields: ['x'] } }, systemCaller, { over })
  await expect(put(0)).rejects.toThrow('has been changed by somebody else')
  await put(1)
  await expect(put(1)).rejects.toThrow('it has version 2 now')
})

test('a change can be undone, and the undoing too; versions go on rising', async () => {
  await using made = await applied()
  const { definitions, apply } = made
  await apply('kind: shelf\nkey: b\nfields: []\n---\nkind: shelf\nkey: a\nfields: [x]\n', {
    prune: true,
  })
  await definitions.undo(2, systemCaller)
  expect((await definitions.list()).map(({ key, version }) => [key, version])).toEqual([
    ['p', 3],
    ['a', 3],
  ])
  expect((await definitions.get(shelfA)).body).toEqual({ fields: ['name'], height: 2 })
  await definitions.undo(3, systemCaller)
  expect((await definitions.list()).map(({ key, version }) => [key, version])).toEqual([
    ['a', 4],
    ['b', 3],
  ])
  const marks = (await definitions.changes()).map(({ undoes, undoneBy }) => [undoes, undoneBy])
  expect(marks).toEqual([
    [3, undefined],
    [2, 4],
    [undefined, 3],
    [undefined, undefined],
  ])
  expect((await definitions.versions(pickP)).map(({ did }) => did)).toEqual([
    'remove',
    'create',
    'remove',
    'create',
  ])
})

test('a change that was built upon is not undone', async () => {
  await using made = await applied()
  const { definitions } = made
  await definitions.put({ ...shelfA, body: { fields: ['x'] } }, systemCaller)
  await expect(definitions.undo(1, systemCaller)).rejects.toThrow(
    'shelf/a was changed again after change 1, by change 2; undo that one first',
  )
  await expect(definitions.undo(7, systemCaller)).rejects.toMatchObject({ status: 404 })
})

test('what is needed is not removed; what is not there cannot be', async () => {
  await using made = await applied()
  const { definitions } = made
  await expect(definitions.remove(shelfA, systemCaller)).rejects.toThrow('pick/p still needs it')
  await definitions.remove(pickP, systemCaller)
  await definitions.remove(shelfA, systemCaller)
  await expect(definitions.remove(shelfA, systemCaller)).rejects.toMatchObject({ status: 404 })
  await expect(definitions.list('shelv')).rejects.toThrow('did you mean "shelf"?')
})

test('a newer program tells what it does not accept any more, and works on with the rest', async () => {
  await using made = await applied()
  const stricter = { ...shelf, schema: pick.schema }
  const definitions = makeDefinitions({ ...made, kinds: [stricter, pick] })
  expect((await definitions.problems()).map(({ at }) => at)).toContain('shelf/a shelf')
  expect((await definitions.catalogue()).list('shelf')).toEqual([])
  await definitions.put({ ...pickP, body: { shelf: 'a', label: 'P' } }, systemCaller)
})

test('a definition given out cannot be changed by who got it', async () => {
  await using made = await applied()
  const { body } = (await made.definitions.catalogue()).get(shelf, 'a')
  expect(() => (body.fields as string[]).push('x')).toThrow()
})

test('the schema for editors names every kind and keeps shapes that contain themselves apart', async () => {
  const schema = schemaOf(gatherKinds([...shop, { ...pick, kind: 'other' }]))
  expect(Object.keys(Object(schema['$defs']))).toEqual(['pick_Condition', 'other_Condition'])
  expect(JSON.stringify(schema)).toContain('"$ref":"#/$defs/pick_Condition"')
  const folder = mkdtempSync(join(tmpdir(), 'tessera-schema-'))
  const file = await writeSchema(folder, gatherKinds(shop))
  expect(JSON.parse(readFileSync(file, 'utf8')).oneOf).toHaveLength(2)
  rmSync(folder, { recursive: true })
})

test('secrets are named, never held', () => {
  const body = { a: { secret: 'crm' }, b: [{ secret: 'mail' }, { secret: 'crm' }] }
  expect(secretsIn(body)).toEqual(['crm', 'mail'])
  const { plan } = trial(shop, 'kind: shelf\nkey: a\nfields: []\npassword: { secret: crm }\n')
  expect(plan.problems).toEqual([])
})

test('the routes speak of files and answer what readers of the plan need', async () => {
  await using made = await applied()
  const routes = definitionRoutes(made.definitions)
  const ask = (
    method: string,
    path: string,
    of: { params?: object; body?: unknown; query?: object },
  ) =>
    routes
      .find((one) => one.method === method && one.path === path)!
      .run({ params: {}, query: {}, body: {}, caller: systemCaller, ...of } as never)
  const files = [{ file: 'f.yaml', text: 'kind: shelf\nkey: a\nfields: [x]\n' }]
  expect(await ask('POST', '/definitions/plan', { body: { files } })).toMatchObject({
    change: [{ key: 'a', over: 1 }],
    text: expect.stringContaining('1 to change'),
  })
  await ask('POST', '/definitions/apply', { body: { files } })
  await ask('PUT', '/definitions/:kind/:key', {
    params: pickP,
    body: { body: { shelf: 'a', label: 'P' }, over: 1 },
  })
  await ask('POST', '/changes/:number/undo', { params: { number: '3' } })
  await ask('DELETE', '/definitions/:kind/:key', { params: pickP })
  expect(await ask('GET', '/changes', { query: { before: '4', limit: '2' } })).toMatchObject([
    { number: 3, undoneBy: 4 },
    { number: 2 },
  ])
  expect(await ask('GET', '/definitions/:kind/:key/versions', { params: pickP })).toHaveLength(4)
  expect(await ask('GET', '/definitions', {})).toHaveLength(1)
})

test("what should be known is told with a plan, and stands in nobody's way", async () => {
  const kind = defineKind({
    kind: 'door',
    label: 'Door',
    schema: object({ lock: optional(record(anything())), wood: optional(words()) }),
    warn: async ({ wood }) =>
      wood === 'balsa' ? [{ code: 'door.soft', at: 'wood', say: 'balsa is soft' }] : [],
  })
  const made = await memoryDefinitions([kind], { secrets: async () => ['front_key'] })
  await using _ = { [Symbol.asyncDispose]: made.store[Symbol.asyncDispose] }
  const written = 'kind: door\nkey: front\nwood: balsa\nlock: { key: { secret: fron_key } }\n'
  const plan = await made.definitions.plan(read(written))
  expect(plan.warnings.map(({ at, say }) => `${at}: ${say}`)).toEqual([
    'f.yaml:4:9 lock.key: the secret "fron_key" is not there yet; did you mean "front_key"?; put it there with `tessera secret-set fron_key`',
    'f.yaml:3:1 wood: balsa is soft',
  ])
  expect(printPlan(plan)).toMatch(/to change, .*\n\nWorth knowing:\n {2}f\.yaml:4:9 lock\.key/s)
  expect(await made.definitions.apply(plan, systemCaller)).toMatchObject({ number: 1 })
  // What is there already is told of as well.
  expect((await made.definitions.plan(read(written))).warnings).toHaveLength(2)
})
