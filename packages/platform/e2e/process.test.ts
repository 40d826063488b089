import { once } from 'node:events'
import { chmodSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { worldOfTest } from './world.ts'

test('whoever stops reading what a command prints breaks nothing', async () => {
  const { child, ended } = worldOfTest().start('help')
  ended.catch(() => {})
  child.stdout?.destroy()
  const said = text(child.stderr!)
  const [code] = await once(child, 'close')
  expect({ code, said: await said }).toEqual({ code: 0, said: '' })
})

test('nobody else can read what is kept, even in a folder that was there before', async () => {
  const world = worldOfTest()
  const note = world.write('data/note', '')
  chmodSync(join(world.folder, 'data'), 0o755)
  await world.tessera('status')
  const kept = readdirSync(world.data).map((name) => join(world.data, name))
  const open = kept.filter((path) => path !== note && (statSync(path).mode & 0o077) !== 0)
  expect(open).toEqual([])
})
