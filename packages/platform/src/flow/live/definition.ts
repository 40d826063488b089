import { key, object, optional, type Read, text } from '#kernel/read.ts'
import { conditionSchema } from '#segments/definition'

/** A number that follows every event of a person at once: how many came, ever or within a while. */
export const counterSchema = object({
  label: optional(text()),
  about: optional(text()),
  /** A stream of events that receives. */
  event: key(),
  /** Which of its events count; asks fields of the event itself. */
  where: optional(conditionSchema),
  window: text({
    pattern: '^(total|[1-9][0-9]{0,4} (minute|hour|day)s?)$',
    expected: 'a number of minutes, hours or days such as 7 days, or total',
    description: 'How far back events count, by their own time: `1 hour`, `7 days`, or `total`.',
  }),
})
export type CounterBody = Read<typeof counterSchema>

/** A counter with its key. */
export interface Counter {
  readonly key: string
  readonly body: CounterBody
}

const unitMs = { minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const

/** The milliseconds that a counter looks back; nothing when it counts everything that ever came. */
export function windowMs({ window }: CounterBody): number | undefined {
  if (window === 'total') return undefined
  const [count, unit = ''] = window.split(' ')
  // The pattern of the schema allows only these words.
  return Number(count) * unitMs[unit.replace(/s$/, '') as keyof typeof unitMs]
}
