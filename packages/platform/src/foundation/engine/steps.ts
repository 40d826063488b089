import type { Dialect } from './dialect.ts'
import type { Ask, Engine } from './engine.ts'
import { type Part, type TableName, table } from './expression.ts'
import { print } from './print.ts'

/** One named, repeatable piece of a plan: a table that is computed from those before it. */
export interface Step {
  readonly name: string
  /** What it is for, for people who read the plan. */
  readonly says: string
  readonly query: Part
}

/** The table that an earlier step makes, as later steps name it. */
export const made = (step: string): TableName => table('step', step)

/** Where the tables of the steps really stand, by the name of the step. */
export type Made = ReadonlyMap<string, TableName>

/** The same query, with the names of steps replaced by the tables that they made. */
export function placed(part: Part, where: Made): Part {
  switch (part.kind) {
    case 'table': {
      if (part.schema !== 'step') return part
      const found = where.get(part.name)
      if (!found) throw new Error(`the step "${part.name}" has not been made`)
      return found
    }
    case 'draft':
      return {
        ...part,
        parts: part.parts.map((piece) =>
          typeof piece === 'string' ? piece : placed(piece, where),
        ),
      }
    case 'call':
      return { ...part, args: part.args.map((arg) => placed(arg, where)) }
    case 'cast':
      return { ...part, of: placed(part.of, where) }
    default:
      return part
  }
}

/** How long each step took, in the order they were run. */
export type Timings = { readonly step: string; readonly ms: number }[]

/** What making steps needs. */
export interface Workbench {
  readonly engine: Engine
  readonly ask: Ask
  readonly now: () => Date
  readonly timings: Timings
  readonly progress?: ((step: string) => void) | undefined
}

/** Makes the tables of all steps, one after the other; they are gone after `use`. */
export async function makeAll<T>(
  bench: Workbench,
  steps: readonly Step[],
  where: Made,
  use: (made: Made) => Promise<T>,
): Promise<T> {
  const [step, ...rest] = steps
  if (!step) return use(where)
  bench.progress?.(step.name)
  bench.ask.signal?.throwIfAborted()
  const startedAt = bench.now().getTime()
  return bench.engine.staged(
    placed(step.query, where),
    (table) => {
      bench.timings.push({ step: step.name, ms: bench.now().getTime() - startedAt })
      return makeAll(bench, rest, new Map([...where, [step.name, table]]), use)
    },
    bench.ask,
  )
}

/** Makes the tables of steps that do not need each other, beside each other as far as their lane lets them; gone after `use`. */
export async function makeBeside<T>(
  { engine, ask, now, timings }: Workbench,
  steps: readonly Step[],
  where: Made,
  use: (made: Made) => Promise<T>,
): Promise<T> {
  const used = Promise.withResolvers<void>()
  const startedAt = now().getTime()
  const making = steps.map(({ name, query }) => {
    const made = Promise.withResolvers<readonly [string, TableName]>()
    const gone = engine.staged(
      placed(query, where),
      (table) => {
        timings.push({ step: name, ms: now().getTime() - startedAt })
        made.resolve([name, table])
        return used.promise
      },
      ask,
    )
    gone.catch(made.reject)
    return { made: made.promise, gone }
  })
  try {
    return await use(new Map([...where, ...(await Promise.all(making.map(({ made }) => made)))]))
  } finally {
    used.resolve()
    await Promise.allSettled(making.map(({ gone }) => gone))
  }
}

/** A plan as text: every step with its reason and its SQL. */
export function printSteps(steps: readonly Step[], dialect: Dialect): string {
  return steps
    .map(({ name, says, query }) => {
      const { text, values } = print(query, dialect)
      const shown = values.map(({ value }, i) => `-- $${i + 1} = ${clip(String(value))}`)
      return [`-- ${name}: ${says}`, text, ...shown].join('\n')
    })
    .join('\n\n')
}

const clip = (text: string) => (text.length > 60 ? `${text.slice(0, 57)}...` : text)
