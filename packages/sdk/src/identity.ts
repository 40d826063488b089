import type { Store } from './store.ts'

/** Who the events are about, when the sender remembers it. */
export interface Identity {
  readonly anonymousId: () => string | undefined
  readonly userId: () => string | undefined
  /** This user is here now. Another one than before gets another anonymous id: two people are not one. */
  readonly know: (userId: string) => void
  /** The same person has another id now. */
  readonly rename: (userId: string) => void
  readonly forget: () => void
}

/** The keys of a person's ids in a store. */
export const idKeys = (prefix: string) => ({
  anonymous: `${prefix}anonymous`,
  user: `${prefix}user`,
})

/** Remembers one person in a store. It is read every time, because another tab may have changed it. */
export function rememberedIdentity(
  store: () => Store,
  prefix: string,
  newId: () => string,
): Identity {
  const keys = idKeys(prefix)
  const userId = () => store().get(keys.user)
  const rename = (to: string) => store().set(keys.user, to)
  const renew = () => {
    const id = newId()
    store().set(keys.anonymous, id)
    return id
  }
  return {
    anonymousId: () => store().get(keys.anonymous) ?? renew(),
    userId,
    know(to) {
      const before = userId()
      if (before === to) return
      if (before !== undefined) renew()
      rename(to)
    },
    rename,
    forget() {
      store().remove(keys.anonymous)
      store().remove(keys.user)
    },
  }
}

const nothing = () => undefined

/** Remembers nobody: a server serves many people at once, so each call says who. */
export const nobody: Identity = {
  anonymousId: nothing,
  userId: nothing,
  know: nothing,
  rename: nothing,
  forget: nothing,
}
