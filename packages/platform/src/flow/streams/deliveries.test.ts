import { expect, test } from 'vitest'
import type { Batch } from '#connectors'
import { eachDelivery, type Known } from './deliveries.ts'

type Part = readonly [name: string, fingerprint: string, of?: Partial<Batch>]

const list = { origin: 'list', isWhole: true }

/** What is there to be read: parts, or what goes wrong. */
const reading = (parts: readonly (Part | Error)[]) =>
  async function* (known: Known): AsyncGenerator<Batch> {
    for (const part of parts) {
      if (part instanceof Error) throw part
      const [name, fingerprint, of] = part
      if (known(fingerprint)) continue
      yield { name, fingerprint, file: { format: 'parquet', path: name, sizeBytes: 1 }, ...of }
    }
  }

async function taken(
  parts: readonly (Part | Error)[],
  {
    before = {},
    isToldByContent = true,
  }: { before?: Record<string, string>; isToldByContent?: boolean } = {},
) {
  const deliveries: string[] = []
  const from = { taken: new Map(Object.entries(before)), marked: (one: string) => one }
  const trouble = await eachDelivery(
    { read: reading(parts), ...from, isToldByContent },
    async ({ batches }) => {
      const names: string[] = []
      for await (const { name } of batches) names.push(name)
      deliveries.push(names.join('+'))
    },
  ).then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  return { deliveries, trouble }
}

test('parts of one origin are taken together, others by themselves', async () => {
  const parts: Part[] = [
    ['a', '1', { isWhole: true }],
    ['list 1', '2', list],
    ['list 2', '3', list],
    ['b', '4', { isWhole: true }],
    ['topic 1', '5', { origin: 'topic' }],
    ['topic 2', '6', { origin: 'topic' }],
  ]
  expect((await taken(parts)).deliveries).toEqual(['a', 'list 1+list 2', 'b', 'topic 1', 'topic 2'])
  const byKey = await taken(parts, { isToldByContent: false })
  expect(byKey.deliveries).toEqual(['a', 'list 1', 'list 2', 'b', 'topic 1', 'topic 2'])
})

test('nothing is taken of what has not changed, and all of what has changed in part', async () => {
  const before = { '0': 'a', '1': 'list', '2': 'list', '3': 'list' }
  const same: Part[] = [
    ['a', '0', { isWhole: true }],
    ['list 1', '1', list],
    ['list 2', '2', list],
  ]
  expect((await taken(same, { before })).deliveries).toEqual([])
  const changedFirst: Part[] = [
    ['a', '0'],
    ['list 1', '9', list],
    ['list 2', '2', list],
  ]
  expect((await taken(changedFirst, { before })).deliveries).toEqual(['list 1+list 2'])
  const changedLast: Part[] = [
    ['new', '8'],
    ['list 1', '1', list],
    ['list 2', '9', list],
  ]
  expect((await taken(changedLast, { before })).deliveries).toEqual(['new', 'list 1+list 2'])
})

test('what goes wrong keeps back nothing that came before it', async () => {
  const wrong = new Error('no more')
  const parts = [['a', '1', { isWhole: true }], ['list 1', '2', list], wrong] as const
  expect(await taken(parts)).toEqual({ deliveries: ['a', 'list 1'], trouble: wrong })
})
