import { describe, expect, test } from 'vitest'
import { problemsOf } from '#kernel/read.ts'
import { fieldTypes } from '#kernel/scalar.ts'
import type { Connector } from '../connector.ts'
import { makeSpool } from './folder.ts'

/** A system that sends by itself, standing for all of its kind. */
export interface ReceiverWorld {
  readonly connector: Connector
  readonly settings: unknown
  readonly source: unknown
  /** Settings that are wrong in several places, and these. */
  readonly wrong: { readonly settings: unknown; readonly places: readonly string[] }
}

/** The promise of every connector of a system that sends by itself. What its wire promises is tried out on a server. */
export function describeReceiver(
  name: string,
  { connector, settings, source, wrong }: ReceiverWorld,
): void {
  const { signal } = new AbortController()
  const received = (of: unknown = source) => connector.receives?.({ settings, source: of }).fields

  describe(`receiver ${name}`, () => {
    test('says who it is and what it needs', () => {
      expect(connector.key).toMatch(/^[a-z][a-z0-9_]*$/)
      expect(`${connector.label} ${connector.about}`).toMatch(/^\S+ .+\.$/)
      expect(problemsOf(connector.settings, settings)).toEqual([])
      expect(problemsOf(connector.source, source)).toEqual([])
    })

    test('tells all that is wrong with settings at once, each by its place', async () => {
      const problems = problemsOf(connector.settings, wrong.settings, 'settings')
      expect(problems.map(({ at }) => at).sort()).toEqual([...wrong.places].sort())
      const listed = connector.list({ settings: wrong.settings, signal })
      await expect(listed).rejects.toThrow(wrong.places[0])
      expect(() => received({ nonsense: 1 })).toThrow(/source\.nonsense/)
    })

    test('receives everything that it offers', async () => {
      const offers = await connector.list({ settings, signal })
      expect(offers.length).toBeGreaterThan(0)
      for (const offer of offers) {
        expect(problemsOf(connector.source, offer.source)).toEqual([])
        expect(received(offer.source)?.length).toBeGreaterThan(0)
      }
    })

    test('has fields that can be columns, each once', () => {
      const fields = received() ?? []
      for (const key of ['name', 'label'] as const)
        expect(new Set(fields.map((field) => field[key])).size).toBe(fields.length)
      for (const field of fields) {
        expect(field.name).toMatch(/^[a-z][a-z0-9_]{0,62}$/)
        expect(fieldTypes).toContain(field.type)
      }
    })

    test('is not read', async () => {
      const spool = await makeSpool()
      const read = () => connector.read({ settings, source, known: () => false, spool, signal })
      expect(read).toThrow(expect.objectContaining({ code: 'connectors.sends_by_itself' }))
    })
  })
}
