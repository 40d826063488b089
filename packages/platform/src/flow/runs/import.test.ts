import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { makeConnectors, openSpool } from '#connectors'
import { nowhere } from '#connectors/testing'
import { memoryDefinitions } from '#definitions/testing'
import { folderEngine } from '#engine/testing'
import { rulesetKind } from '#identity'
import { systemCaller as caller } from '#kernel/caller.ts'
import { countedIds } from '#kernel/ids.ts'
import type { LakeField } from '#lake'
import { type MappingDefinition, mappingKind, modelObjectKind } from '#mappings'
import { connectionKind, streamKind } from '#streams'
import { importFile } from './import.ts'

const { engine, folder } = await folderEngine()

async function house(name: string) {
  const uploads = join(folder, name)
  mkdirSync(uploads)
  const connectors = makeConnectors({
    ...nowhere,
    baseFolder: folder,
    closedFolders: [],
    uploadsFolder: uploads,
  })
  const known = new Map<string, readonly LakeField[]>()
  const { definitions } = await memoryDefinitions([
    connectionKind(connectors),
    streamKind({ connectors, problemWithSchedule: () => undefined }),
    modelObjectKind,
    mappingKind((stream) => known.get(stream)),
    rulesetKind,
  ])
  const tools = {
    engine,
    connectors,
    spool: await openSpool({ folder: join(folder, 'spool', name), ids: countedIds() }),
    definitions,
    runs: { start: async () => 'job', schedule: async () => {} },
    folder: uploads,
    expect: (stream: string, fields: readonly LakeField[]) => void known.set(stream, fields),
  }
  const send = (name: string, text: string, key?: string) =>
    importFile(tools, {
      name,
      key,
      content: (async function* () {
        yield new TextEncoder().encode(text)
      })(),
      caller,
      signal: AbortSignal.timeout(10_000),
    })
  const fieldsOf = async (key: string) => {
    const all = await definitions.catalogue()
    return all.get<MappingDefinition>('mapping', key).body.objects[0]?.fields
  }
  return { send, definitions, uploads, fieldsOf }
}

const people = 'id,first_name,email\n1,Ada,ada@x.org\n'

test('a file that is sent again replaces the one of its name; what was changed of its definitions stays', async () => {
  const { send, definitions, uploads, fieldsOf } = await house('again')
  const { change } = await send('people.csv', people)
  expect((await definitions.changes({}))[0]?.number).toBe(change)
  const body = {
    stream: 'people',
    qualifier: 'people',
    objects: [{ object: 'individual', fields: { id: 'id', first_name: 'upper(first_name)' } }],
  }
  await definitions.put({ kind: 'mapping', key: 'people', body }, caller)
  await send('people.csv', 'id,first_name,email\n2,Bo,bo@x.org\n')
  expect(await fieldsOf('people')).toEqual(body.objects[0]?.fields)
  expect(readFileSync(join(uploads, 'people.csv'), 'utf8')).toContain('Bo')
})

test('a file of another shape under the same name is mapped anew', async () => {
  const { send, fieldsOf } = await house('shape')
  await send('people.csv', people)
  const { fields } = await send('people.csv', 'id,vorname,email\n1,Ada,ada@x.org\n')
  expect(fields.map(({ name }) => name)).toEqual(['id', 'vorname', 'email'])
  expect(await fieldsOf('people')).toMatchObject({ first_name: 'vorname' })
})

test('a file that cannot be read replaces nothing and leaves nothing', async () => {
  const { send, uploads } = await house('broken')
  await send('people.csv', people)
  await expect(send('people.csv', '')).rejects.toMatchObject({
    code: 'connectors.empty_file',
    message: 'people.csv is empty',
  })
  await expect(send('list.docx', 'PK')).rejects.toMatchObject({
    code: 'connectors.unknown_format',
  })
  expect(readdirSync(uploads)).toEqual(['people.csv'])
  expect(readFileSync(join(uploads, 'people.csv'), 'utf8')).toBe(people)
})

test('a file never takes the place of something else in silence', async () => {
  const { send, definitions } = await house('taken')
  await send('日本.csv', people)
  await expect(send('中国.csv', people)).rejects.toMatchObject({
    code: 'runs.key_taken',
    message: expect.stringContaining('the file 日本.csv'),
  })
  const files = { connector: 'files', settings: { folder: '.' } }
  await definitions.put({ kind: 'connection', key: 'crm', body: files }, caller)
  const stream = { connection: 'crm', source: { path: 'a.csv' }, mode: 'full', category: 'other' }
  await definitions.put({ kind: 'stream', key: 'contacts', body: stream }, caller)
  await expect(send('contacts.csv', people, 'contacts')).rejects.toMatchObject({
    code: 'runs.key_taken',
    message: expect.stringContaining('what comes from crm'),
  })
})
