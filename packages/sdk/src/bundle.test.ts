import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runInNewContext } from 'node:vm'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { build } from '../build.ts'
import { version } from './version.ts'

const folder = mkdtempSync(join(tmpdir(), 'tessera-sdk-'))
const read = (file: string) => readFileSync(join(folder, file), 'utf8')
beforeAll(() => build(folder))
afterAll(() => rmSync(folder, { recursive: true }))

test.each([
  ['tessera.js', 6],
  ['index.js', 6],
  ['tessera-decisions.js', 7],
  ['decisions.js', 7],
])('%s is under %i KB on the wire and needs nothing', (file, most) => {
  const code = read(file)
  expect(gzipSync(code).length).toBeLessThan(most * 1000)
  expect(code).not.toMatch(/\bimport\b|\brequire\b|node:/)
})

test.each(['tessera.js', 'tessera-decisions.js'])('%s gives a page one global', (file) => {
  const page: Record<string, unknown> = {}
  runInNewContext(read(file), page)
  expect(Object.keys(page)).toEqual(['tessera'])
  expect(page['tessera']).toEqual({ createTessera: expect.any(Function) })
})

test('the modules export what the doors say', async () => {
  expect(Object.keys(await import(join(folder, 'index.js')))).toEqual(['createTessera'])
  expect(Object.keys(await import(join(folder, 'decisions.js')))).toEqual(['createTessera'])
  expect(Object.keys(await import(join(folder, 'node.js')))).toEqual(['fileStorage'])
})

test('events name the version of the package', () => {
  const { version: said } = JSON.parse(
    readFileSync(join(import.meta.dirname, '../package.json'), 'utf8'),
  )
  expect(version).toBe(said)
})
