import { existsSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm, stat, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { makeFolder, makeSpool, putFile } from './testing/index.ts'

const { signal } = new AbortController()

test('takes a file without copying it', async () => {
  const from = join(await makeFolder({ a: 'abc' }), 'a')
  const spool = await makeSpool()
  const { path, sizeBytes, changedNs } = await spool.take(from)
  expect((await stat(path)).ino).toBe((await stat(from)).ino)
  expect([sizeBytes, changedNs]).toEqual([3, 1_767_225_600_000_000_000n])
  await spool.remove(path)
  expect(await readFile(from, 'utf8')).toBe('abc')
})

// Memory is a device of its own where it can be reached as a folder.
const isOther = existsSync('/dev/shm')
const leftOut = isOther ? '' : ' (left out: no other device to copy from)'
test.runIf(isOther)(`copies what lies on another device${leftOut}`, async () => {
  const folder = await mkdtemp('/dev/shm/tessera-')
  onTestFinished(() => rm(folder, { recursive: true }))
  await putFile(join(folder, 'a'), 'abc')
  const { path, sizeBytes, changedNs } = await (await makeSpool()).take(join(folder, 'a'))
  expect(await readFile(path, 'utf8')).toBe('abc')
  expect([sizeBytes, changedNs]).toEqual([3, 1_767_225_600_000_000_000n])
})

test('does not take a link for a file', async () => {
  const folder = await makeFolder({ a: 'secret' })
  await symlink(join(folder, 'a'), join(folder, 'link'))
  const spool = await makeSpool()
  await expect(spool.take(join(folder, 'link'))).rejects.toThrow('no ordinary file')
  expect(await readdir(spool.folder)).toEqual([])
})

test('writes text as UTF-8, or nothing at all', async () => {
  const spool = await makeSpool()
  const write = (text: () => AsyncGenerator<string>) => spool.write(text(), signal)
  const { path, sizeBytes } = await write(async function* () {
    yield 'é'
    yield '€'
  })
  expect([await readFile(path, 'utf8'), sizeBytes]).toEqual(['é€', 5])
  await spool.remove(path)
  const broken = write(async function* () {
    yield 'half'
    throw new Error('no more')
  })
  await expect(broken).rejects.toThrow('no more')
  expect(await readdir(spool.folder)).toEqual([])
})

test('sweeps what was left behind', async () => {
  const spool = await makeSpool()
  await spool.take(join(await makeFolder({ a: 'abc' }), 'a'))
  await spool.sweep()
  expect(await readdir(spool.folder)).toEqual([])
})
