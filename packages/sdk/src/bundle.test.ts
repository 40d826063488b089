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

test.each(['tessera.js', 'index.js'])(
  '%s is under 6.5 KB on the wire and needs nothing',
  (file) => {
    const code = read(file)
    expect(gzipSync(code).length).toBeLessThan(6.5 * 1024)
    expect(code).not.toMatch(/\bimport\b|\brequire\b|node:/)
  },
)

test('the script gives a page one global', () => {
  const page: Record<string, unknown> = {}
  runInNewContext(read('tessera.js'), page)
  expect(Object.keys(page)).toEqual(['tessera'])
  expect(page['tessera']).toEqual({ createTessera: expect.any(Function) })
})

test('the modules export what the doors say', async () => {
  expect(Object.keys(await import(join(folder, 'index.js')))).toEqual(['createTessera'])
  expect(Object.keys(await import(join(folder, 'node.js')))).toEqual(['fileStorage'])
})

test('events name the version of the package', () => {
  const { version: said } = JSON.parse(
    readFileSync(join(import.meta.dirname, '../package.json'), 'utf8'),
  )
  expect(version).toBe(said)
})
