import { expect, test } from 'vitest'
import { makeConnectors } from './connectors.ts'
import { connectorDefinitions } from './definition.ts'
import { nowhere } from './testing/index.ts'

const connectors = makeConnectors({
  ...nowhere,
  baseFolder: '.',
  closedFolders: [],
  uploadsFolder: '.',
})

test('every connector that is described is made, and every one that is made described', () => {
  const keys = connectors.list().map(({ key }) => key)
  expect(keys).toEqual(connectorDefinitions.map(({ key }) => key))
})

test('finds a connector, or the nearest to it', () => {
  expect(connectors.get('files').label).toBe('Files')
  expect(() => connectors.get('file')).toThrow(
    'there is no connector "file"; did you mean "files"?',
  )
})
