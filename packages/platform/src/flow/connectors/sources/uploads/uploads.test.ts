import { join } from 'node:path'
import { expect, test } from 'vitest'
import { describeConnector, makeFolder, makeSpool, putFile } from '../../testing/index.ts'
import { makeUploads } from './uploads.ts'

describeConnector('uploads', async () => {
  const folder = await makeFolder({
    'people.csv': 'Id,First Name\n1,Ada\n',
    'orders/2026.ndjson': '{"id":1}\n{"id":2}\n',
  })
  return {
    connector: makeUploads(folder),
    settings: {},
    source: { path: '**/*' },
    change: () => putFile(join(folder, 'people.csv'), 'Id,First Name\n1,Grace\n'),
  }
})

test('only the folder of sent files is read, whatever a source names', async () => {
  const folder = await makeFolder({ 'sent/a.csv': 'id\n1\n', 'secret.csv': 'id\n2\n' })
  const { signal } = new AbortController()
  const connector = makeUploads(join(folder, 'sent'))
  const read = async (path: string) => {
    const names: string[] = []
    const of = { settings: {}, source: { path }, known: () => false }
    for await (const { name } of connector.read({ ...of, spool: await makeSpool(), signal }))
      names.push(name)
    return names
  }
  expect(await read('**/*')).toEqual(['a.csv'])
  for (const path of ['../secret.csv', join(folder, 'secret.csv')])
    await expect(read(path)).rejects.toMatchObject({ code: expect.stringMatching(/^connectors\./) })
  await expect(connector.list({ settings: { folder: '/' }, signal })).rejects.toThrow(
    /settings\.folder/,
  )
})
