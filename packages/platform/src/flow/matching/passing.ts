import {
  type Ask,
  type Engine,
  type Made,
  type Part,
  placed,
  type Step,
  type TableName,
  type Workbench,
} from '#engine'

/** A table that is there until it is let go. */
export interface Held {
  readonly table: TableName
  readonly letGo: () => Promise<void>
}

/** Makes a table that is there until it is let go, whatever is over by then. */
export async function hold(engine: Engine, query: Part, ask: Ask): Promise<Held> {
  const begun = Promise.withResolvers<TableName>()
  const over = Promise.withResolvers<void>()
  const done = engine.staged(
    query,
    async (table) => {
      begun.resolve(table)
      await over.promise
    },
    ask,
  )
  done.catch(begun.reject)
  return {
    table: await begun.promise,
    letGo: async () => {
      over.resolve()
      await done
    },
  }
}

/** Hears which steps a query names. */
class Listener extends Map<string, TableName> {
  readonly heard = new Set<string>()

  override get(name: string): TableName {
    this.heard.add(name)
    return { kind: 'table', schema: 'heard', name }
  }
}

function namedIn(steps: readonly Step[]): ReadonlySet<string> {
  const listener = new Listener()
  for (const { query } of steps) placed(query, listener)
  return listener.heard
}

/**
 * Makes the tables of all steps, as `makeAll` does, but does not keep them all until the end: what is only `passing` goes as
 * soon as no later step names it. Tables of steps are not compressed, and most of them are large for a moment only.
 */
export async function makePassing<T>(
  bench: Workbench,
  { steps, isPassing }: { readonly steps: readonly Step[]; isPassing: (name: string) => boolean },
  where: Made,
  use: (made: Made) => Promise<T>,
): Promise<T> {
  const there = new Map<string, Held>()
  const tables = new Map(where)
  const letGo = async (name: string, { letGo }: Held) => {
    there.delete(name)
    await letGo()
  }
  try {
    for (const [i, { name, query }] of steps.entries()) {
      bench.progress?.(name)
      bench.ask.signal?.throwIfAborted()
      const startedAt = bench.now().getTime()
      const one = await hold(bench.engine, placed(query, tables), bench.ask)
      bench.timings.push({ step: name, ms: bench.now().getTime() - startedAt })
      there.set(name, one)
      tables.set(name, one.table)
      const named = namedIn(steps.slice(i + 1))
      for (const [name, of] of there) if (isPassing(name) && !named.has(name)) await letGo(name, of)
    }
    return await use(tables)
  } finally {
    for (const [name, of] of there) await letGo(name, of)
  }
}

/** Makes something when it is first asked for; it is there until `work` is over. */
export async function withLater<T, R>(
  make: (use: (made: T) => Promise<void>) => Promise<void>,
  work: (later: () => Promise<T>) => Promise<R>,
): Promise<R> {
  const begun = Promise.withResolvers<T>()
  const over = Promise.withResolvers<void>()
  let done: Promise<void> | undefined
  const later = () => {
    if (done) return begun.promise
    done = make(async (made) => {
      begun.resolve(made)
      await over.promise
    })
    done.catch(begun.reject)
    return begun.promise
  }
  try {
    return await work(later)
  } finally {
    over.resolve()
    await done
  }
}
