import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { holderOf, holdFolder, serverOf } from './index.ts'

function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tessera-hold-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

test('a folder is held once, and free again after the release', () => {
  const folder = join(emptyFolder(), 'data')
  const hold = holdFolder(folder)
  expect(() => holdFolder(folder)).toThrow(`is held by process ${process.pid}`)
  hold.release()
  holdFolder(folder).release()
  expect(statSync(folder).mode & 0o777).toBe(0o700)
})

test('the refusal names the server that holds the folder and what to do', () => {
  const folder = emptyFolder()
  const hold = holdFolder(folder)
  hold.announce('http://127.0.0.1:7080')
  const attempt = () => holdFolder(folder)
  expect(attempt).toThrow(/held by the server at http:\/\/127\.0\.0\.1:7080 \(process \d+\); stop/)
  expect(attempt).toThrow(expect.objectContaining({ code: 'store.folder_in_use', status: 409 }))
  expect(serverOf(folder)).toBe('http://127.0.0.1:7080')
  hold.release()
  expect(holderOf(folder)).toBeUndefined()
})

test('the note of who holds a folder is replaced whole, never written over', () => {
  const folder = emptyFolder()
  const hold = holdFolder(folder)
  const before = openSync(join(folder, 'server.json'), 'r')
  onTestFinished(() => closeSync(before))
  hold.announce('http://127.0.0.1:7080')
  expect(JSON.parse(readFileSync(before, 'utf8'))).toEqual({ pid: process.pid })
  expect(holderOf(folder)?.address).toBe('http://127.0.0.1:7080')
  hold.release()
})

test('a process holds its folder until it is killed', async () => {
  const folder = emptyFolder()
  const script = `
    import { holdFolder } from ${JSON.stringify(new URL('./index.ts', import.meta.url).href)}
    holdFolder(${JSON.stringify(folder)}).announce('http://127.0.0.1:1')
    globalThis.gc()
    process.stdout.write('held')
    setInterval(() => {}, 1000)
  `
  const child = spawn(
    process.execPath,
    ['--expose-gc', '--input-type=module-typescript', '--eval', script],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  onTestFinished(() => void child.kill('SIGKILL'))
  await once(child.stdout, 'data')
  expect(() => holdFolder(folder)).toThrow(`(process ${child.pid})`)
  expect(serverOf(folder)).toBe('http://127.0.0.1:1')
  child.kill('SIGKILL')
  await once(child, 'exit')
  // Its note is still there.
  expect(serverOf(folder)).toBeUndefined()
  holdFolder(folder).release()
})
