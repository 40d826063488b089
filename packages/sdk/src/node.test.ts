import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { fileStorage } from './node.ts'
import { ada, makeSender } from './testing/sender.ts'
import { startServer } from './testing/server.ts'

const folder = mkdtempSync(join(tmpdir(), 'tessera-sdk-'))
afterAll(() => rmSync(folder, { recursive: true }))
let files = 0
const newPath = () => join(folder, 'deep', `${files++}.events`)

test('a file holds what a map would, also after it was opened again', () => {
  const key = fc.constantFrom('a', 'b', 'naïve\nline', '"')
  const change = fc.oneof(
    fc.tuple(key, fc.string({ unit: 'grapheme' })),
    fc.tuple(key),
    fc.constant('reopen' as const),
  )
  fc.assert(
    fc.property(fc.array(change), (changes) => {
      const path = newPath()
      const map = new Map<string, string>()
      let file = fileStorage(path)
      for (const step of changes) {
        if (step === 'reopen') {
          file.close()
          file = fileStorage(path)
        } else if (step.length === 1) {
          file.remove(step[0])
          map.delete(step[0])
        } else {
          file.set(step[0], step[1])
          map.set(step[0], step[1])
        }
        expect(new Map(file.keys().map((key) => [key, file.get(key)]))).toEqual(map)
      }
      file.close()
    }),
    { numRuns: 50 },
  )
})

test('a line that was torn in the middle is not counted', () => {
  const path = newPath()
  const before = fileStorage(path)
  before.set('a', '1')
  before.close()
  appendFileSync(path, '["b","2')
  const after = fileStorage(path)
  after.set('c', '3')
  after.close()
  const again = fileStorage(path)
  expect(again.keys()).toEqual(['a', 'c'])
  again.close()
})

test('the file does not grow with what has gone', () => {
  const path = newPath()
  const file = fileStorage(path)
  for (let i = 0; i < 30_000; i++) {
    file.set('key', 'x'.repeat(100))
    file.remove('key')
  }
  file.set('last', '1')
  expect(statSync(path).size).toBeLessThan(1_500_000)
  expect(file.keys()).toEqual(['last'])
  file.close()
  expect(readFileSync(path, 'utf8')).toContain('["last","1"]')
})

test('a program that is killed sends its events when it starts again, under the same ids', async () => {
  await using server = await startServer()
  server.always(() => ({ breaks: 'before' }))
  const path = newPath()
  const script = join(import.meta.dirname, 'testing/crashing-sender.ts')
  const program = spawn(process.execPath, [script, server.url, path])
  await once(program.stdout, 'data')
  program.kill('SIGKILL')
  await once(program, 'exit')

  server.always(() => ({}))
  const sender = makeSender(server.url, { storage: fileStorage(path) })
  expect(sender.waiting()).toBe(3)
  await sender.flush()
  expect(server.names()).toEqual(['One', 'Two', 'Three'])
  expect(fileStorage(path).keys()).toEqual([])
})

test('a sender that is closed before it could send keeps its events in the file', async () => {
  await using server = await startServer()
  const path = newPath()
  server.always(() => ({ status: 503 }))
  const first = makeSender(server.url, { storage: fileStorage(path) })
  first.track('Kept', {}, ada)
  await first.close(50)
  expect(first.drops).toEqual([])

  server.always(() => ({}))
  const second = makeSender(server.url, { storage: fileStorage(path), flushIntervalMs: 20 })
  await expect.poll(() => server.names()).toEqual(['Kept'])
  await second.close()
})

test('the pause that a server asked for outlives the program', async () => {
  await using server = await startServer()
  const path = newPath()
  server.next({ status: 503, headers: { 'retry-after': '60' } })
  const first = makeSender(server.url, { storage: fileStorage(path) })
  first.track('a', {}, ada)
  await first.flush()
  await first.close(50)
  const second = makeSender(server.url, { storage: fileStorage(path) })
  await second.flush()
  expect(server.arrived).toHaveLength(1)
  await second.close(0)
})
