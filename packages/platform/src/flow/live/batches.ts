/** Asks for things one by one, and looks them up many at once. */
export type Batches<Key, Found> = (key: Key) => Promise<Found | undefined>

/**
 * Makes one question of many: while one is under way, all that are asked meanwhile become the next. Whoever asks for the same gets
 * the same answer.
 */
export function makeBatches<Key, Found>(of: {
  readonly nameOf: (key: Key) => string
  readonly most: number
  readonly look: (keys: readonly Key[]) => Promise<ReadonlyMap<string, Found>>
}): Batches<Key, Found> {
  const { nameOf, most, look } = of
  interface Waiting {
    readonly key: Key
    readonly promise: Promise<Found | undefined>
    readonly resolve: (found: Found | undefined) => void
    readonly reject: (why: unknown) => void
  }
  const waiting = new Map<string, Waiting>()
  let isLooking = false

  const lookOn = async () => {
    while (waiting.size > 0) {
      const taken = [...waiting].slice(0, most)
      for (const [name] of taken) waiting.delete(name)
      try {
        const found = await look(taken.map(([, { key }]) => key))
        for (const [name, { resolve }] of taken) resolve(found.get(name))
      } catch (thrown) {
        for (const [, { reject }] of taken) reject(thrown)
      }
    }
    isLooking = false
  }
  return (key) => {
    const name = nameOf(key)
    const known = waiting.get(name)
    if (known) return known.promise
    const made: Waiting = { key, ...Promise.withResolvers<Found | undefined>() }
    waiting.set(name, made)
    if (!isLooking) {
      isLooking = true
      // What is asked in the same breath goes together.
      setImmediate(() => void lookOn())
    }
    return made.promise
  }
}
