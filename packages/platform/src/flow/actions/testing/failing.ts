import type { Store } from '#store'

/** A store whose transactions fail when they are told to: before anything was written, or after everything was. */
export function failing(store: Store) {
  let fails: 'before' | 'after' | undefined
  const transaction: Store['transaction'] = async (work) => {
    if (fails === 'before') throw new Error('the process has died')
    const done = await store.transaction(work)
    if (fails === 'after') throw new Error('the process has died')
    return done
  }
  return {
    store: { ...store, transaction },
    fail: (when: 'before' | 'after' | undefined) => {
      fails = when
    },
  }
}
