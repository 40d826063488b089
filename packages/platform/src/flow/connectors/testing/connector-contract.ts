import { isUtf8 } from 'node:buffer'
import { readdir, readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { problemsOf } from '#kernel/read.ts'
import type { Batch, Connector } from '../connector.ts'
import type { Spool } from '../spool.ts'
import type { SpooledFile } from '../spooled-file.ts'
import { makeSpool } from './folder.ts'

/** A system to read from that stands for all of its kind. */
export interface ConnectorWorld {
  readonly connector: Connector
  readonly settings: unknown
  /** Names at least two batches. */
  readonly source: unknown
  /** Changes the content of one batch. */
  readonly change: () => Promise<void>
}

/** The promise of every connector. A world is made for each test. */
export function describeConnector(name: string, makeWorld: () => Promise<ConnectorWorld>): void {
  describe(`connector ${name}`, () => {
    test('says who it is and what it needs', async () => {
      const { connector, settings, source } = await makeWorld()
      expect(connector.key).toMatch(/^[a-z][a-z0-9_]*$/)
      expect(`${connector.label} ${connector.about}`).toMatch(/^\S+ .+\.$/)
      expect(problemsOf(connector.settings, settings)).toEqual([])
      expect(problemsOf(connector.source, source)).toEqual([])
    })

    test('refuses settings and sources that are none, by their place', async () => {
      const { settings, ...world } = await opened(makeWorld)
      await expect(
        world.connector.list({ settings: { nonsense: 1 }, signal: world.signal }),
      ).rejects.toThrow(/settings\.nonsense/)
      expect(() => world.connector.read({ ...world, settings, source: { nonsense: 1 } })).toThrow(
        /source\.nonsense/,
      )
    })

    test('can read everything that it offers', async () => {
      const { connector, ...world } = await opened(makeWorld)
      const offers = await connector.list(world)
      expect(offers.length).toBeGreaterThan(0)
      for (const { source } of offers) {
        expect(problemsOf(connector.source, source)).toEqual([])
        expect(await fingerprints(connector.read({ ...world, source }))).not.toEqual([])
      }
    })

    test('hands over files that the engine can read, and removes them after use', async () => {
      const { connector, spool, ...world } = await opened(makeWorld)
      const names: string[] = []
      for await (const { name, file } of connector.read({ ...world, spool })) {
        names.push(name)
        expect(dirname(file.path)).toBe(spool.folder)
        expect(await readdir(spool.folder)).toHaveLength(1)
        await expectReadable(file)
      }
      expect(names.length).toBeGreaterThan(1)
      expect(new Set(names).size).toBe(names.length)
      await expectEmpty(spool)
    })

    test('leaves nothing behind when the reader stops early', async () => {
      const { connector, ...world } = await opened(makeWorld)
      for await (const _ of connector.read(world)) break
      await expectEmpty(world.spool)
    })

    test('hands over again only what has changed', async () => {
      const { connector, change, ...world } = await opened(makeWorld)
      const before = await fingerprints(connector.read(world))
      const known = (fingerprint: string) => before.includes(fingerprint)
      expect(new Set(before).size).toBe(before.length)
      expect(await fingerprints(connector.read(world))).toEqual(before)
      expect(await fingerprints(connector.read({ ...world, known }))).toEqual([])
      await change()
      expect(await fingerprints(connector.read({ ...world, known }))).toHaveLength(1)
    })

    test('stops when it is asked to', async () => {
      const { connector, ...world } = await opened(makeWorld)
      const stop = new AbortController()
      const reason = new Error('enough')
      const read = async () => {
        for await (const _ of connector.read({ ...world, signal: stop.signal })) stop.abort(reason)
      }
      await expect(read()).rejects.toBe(reason)
      await expectEmpty(world.spool)
    })
  })
}

async function opened(makeWorld: () => Promise<ConnectorWorld>) {
  const { signal } = new AbortController()
  return { ...(await makeWorld()), spool: await makeSpool(), signal, known: () => false }
}

async function fingerprints(batches: AsyncIterable<Batch>): Promise<readonly string[]> {
  const found: string[] = []
  for await (const { fingerprint } of batches) found.push(fingerprint)
  return found
}

async function expectReadable(file: SpooledFile): Promise<void> {
  const raw = await readFile(file.path)
  expect(raw.length).toBe(file.sizeBytes)
  if (file.format === 'parquet') return
  const content = file.compressed ? gunzipSync(raw) : raw
  expect(isUtf8(content)).toBe(true)
  expect(content.subarray(0, 3)).not.toEqual(Buffer.from([0xef, 0xbb, 0xbf]))
  if (file.format !== 'csv') return
  const names = file.columns.map((column) => column.name)
  expect(new Set(names).size).toBe(names.length)
  for (const name of names) expect(name).toMatch(/^[a-z][a-z0-9_]{0,62}$/)
}

async function expectEmpty(spool: Spool): Promise<void> {
  expect(await readdir(spool.folder)).toEqual([])
}
