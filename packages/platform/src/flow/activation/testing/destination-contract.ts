import { describe, expect, onTestFinished, test } from 'vitest'
import { Fault } from '#kernel/fault.ts'
import type { Batch, DeliveryTools, Destination, Outcome, PayloadRow } from '../destination.ts'
import { guarantees } from '../destination.ts'

/** A real place that members are sent to, and a look at it from the other side. */
export interface Scene {
  readonly settings: Readonly<Record<string, unknown>>
  readonly tools: Omit<DeliveryTools, 'signal' | 'pace' | 'dealtWith'>
  /** What a receiver has that keeps to the guarantee. */
  readonly arrived: () => Promise<readonly PayloadRow[]>
  /** What members must have to be sent here, such as an address. */
  readonly dress?: (row: PayloadRow) => PayloadRow
  /** What is there after these were delivered, where that is not just what was sent. */
  readonly expected?: (rows: readonly PayloadRow[]) => readonly PayloadRow[]
  /** Trouble of the kind that passes, such as a full disk or a server that is down. */
  readonly breakDown: () => Promise<void>
  readonly mend: () => Promise<void>
  readonly close: () => Promise<void>
}

/** A batch with these rows, in two pieces. */
export function sampleBatch(rows: readonly PayloadRow[], more: Partial<Batch> = {}): Batch {
  const half = Math.ceil(rows.length / 2)
  return {
    id: 'vips_to_shop:0:57:1',
    activation: 'vips_to_shop',
    segment: 'vips',
    send: 'changes',
    from: 0,
    to: 57,
    number: 1,
    of: 1,
    members: rows.length,
    columns: Object.keys(rows[0] ?? { profile_id: '', change: '' }),
    types: {},
    done: 0,
    queuedAt: new Date('2026-02-03T23:00:00Z'),
    isLast: true,
    rows: async function* () {
      for (const piece of [rows.slice(0, half), rows.slice(half)]) if (piece.length > 0) yield piece
    },
    ...more,
  }
}

const hostile = [
  '',
  ' ',
  'a"b',
  "o'hara",
  'x,y;z',
  'two\nlines',
  'Zoë 日本 🙂',
  '=1+1',
  null,
  12.5,
  true,
]

const people: readonly PayloadRow[] = hostile.map((value, i) => ({
  profile_id: `115292150460684697${i}`,
  change: i % 2 === 0 ? 'entered' : 'left',
  'Some value': value,
}))

/** Tools of a house that has no limits and keeps nothing. */
export const atEase: Pick<DeliveryTools, 'pace' | 'dealtWith'> = {
  pace: async () => {},
  dealtWith: async () => {},
}

/** What a test of a connection says that it saw. */
export async function lookedAt(testing: AsyncIterable<string>): Promise<readonly string[]> {
  const seen: string[] = []
  for await (const one of testing) seen.push(one)
  return seen
}

/** The promise of every destination, kept at a real place. */
export function describeDestination(destination: Destination, arrange: () => Promise<Scene>): void {
  const start = async () => {
    const scene = await arrange()
    onTestFinished(scene.close)
    const deliver = (batch: Batch, signal = AbortSignal.timeout(10_000)) =>
      destination.deliver(batch, scene.settings, { ...atEase, ...scene.tools, signal })
    const { dress = (row) => row, expected = (rows) => rows } = scene
    return { ...scene, deliver, expected, members: people.map(dress) }
  }

  describe(`destination ${destination.key}`, () => {
    test('says what it is and what it promises', () => {
      expect(destination.label).toMatch(/\w/)
      expect(destination.about).toMatch(/\.$/)
      expect(guarantees).toContain(destination.guarantee)
    })

    test('reads its settings', async () => {
      const { settings } = await start()
      expect(destination.check(settings)).toEqual([])
      expect(destination.batchSize(settings)).toBeGreaterThanOrEqual(1)
      expect(() => destination.check({ ...settings, nonsense: 1 })).toThrow('nonsense')
    })

    test('delivers every member with every value as it is', async () => {
      const { deliver, arrived, expected, members } = await start()
      expect(await deliver(sampleBatch(members))).toEqual({ result: 'sent' })
      expect(await arrived()).toEqual(expected(members))
    })

    test('delivers that there is nobody', async () => {
      const { deliver, arrived } = await start()
      expect(await deliver(sampleBatch([]))).toEqual({ result: 'sent' })
      expect(await arrived()).toEqual([])
    })

    const isOnce = destination.guarantee !== 'at least once'
    const comes = isOnce ? 'counts once' : 'comes again'
    test(`a batch that is delivered again ${comes}: ${destination.guarantee}`, async () => {
      const { deliver, arrived, expected, members } = await start()
      const once = expected(members)
      await deliver(sampleBatch(members))
      await deliver(sampleBatch(members))
      if (isOnce) expect(await arrived()).toEqual(once)
      else expect(await arrived()).toHaveLength(2 * once.length)
      await deliver(sampleBatch(members, { id: 'vips_to_shop:57:60:1', from: 57, to: 60 }))
      const both = expected([...members, ...members]).length
      expect(await arrived()).toHaveLength(isOnce ? both : both + once.length)
    })

    test('trouble that passes is no reason to give up', async () => {
      const { deliver, arrived, expected, members, breakDown, mend } = await start()
      await breakDown()
      expect(await verdictOf(deliver(sampleBatch(members)))).toBe('try again')
      await mend()
      await deliver(sampleBatch(members))
      expect(await arrived()).toEqual(expected(members))
    })

    test('a test of the connection says what it saw, sends nobody and leaves nothing', async () => {
      const { settings, tools, arrived, breakDown, mend } = await start()
      const look = () =>
        lookedAt(destination.test(settings, { ...tools, signal: AbortSignal.timeout(10_000) }))
      await breakDown()
      await expect(look()).rejects.toThrow()
      await mend()
      expect((await look()).length).toBeGreaterThan(0)
      expect(await arrived()).toEqual([])
    })

    test('stops when it is told to', async () => {
      const { deliver, members } = await start()
      await expect(deliver(sampleBatch(members), AbortSignal.abort())).rejects.toThrow()
    })
  })
}

async function verdictOf(delivering: Promise<Outcome>): Promise<string> {
  try {
    return (await delivering).result
  } catch (thrown) {
    return thrown instanceof Fault && thrown.status < 500 ? 'refused' : 'try again'
  }
}
