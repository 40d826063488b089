/** Where a sender keeps what must outlive it: texts by key. `localStorage` is one behind this face. */
export interface Store {
  readonly get: (key: string) => string | undefined
  /** May throw when there is no room. */
  readonly set: (key: string, value: string) => void
  readonly remove: (key: string) => void
  readonly keys: () => readonly string[]
}

/** A store that lasts as long as the program. */
export function memoryStore(): Store {
  const values = new Map<string, string>()
  return {
    get: (key) => values.get(key),
    set: (key, value) => void values.set(key, value),
    remove: (key) => void values.delete(key),
    keys: () => [...values.keys()],
  }
}

/** The browser's own store for this site. */
export const siteStore = (of: Storage): Store => ({
  get: (key) => of.getItem(key) ?? undefined,
  set: (key, value) => of.setItem(key, value),
  remove: (key) => of.removeItem(key),
  keys: () => Object.keys(of),
})

/** A store that never fails: what the other one refuses, full or forbidden, is kept in memory. */
export function withFallback(store: Store): Store {
  const memory = memoryStore()
  const attempt = <Result>(act: () => Result, otherwise: Result): Result => {
    try {
      return act()
    } catch {
      return otherwise
    }
  }
  return {
    get: (key) => memory.get(key) ?? attempt(() => store.get(key), undefined),
    set(key, value) {
      memory.set(key, value)
      attempt(() => {
        store.set(key, value)
        memory.remove(key)
      }, undefined)
    },
    remove(key) {
      memory.remove(key)
      attempt(() => store.remove(key), undefined)
    },
    keys: () => [...new Set([...memory.keys(), ...attempt(() => store.keys(), [])])],
  }
}
