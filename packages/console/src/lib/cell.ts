import { useSyncExternalStore } from 'react'

/** A value outside React that components can follow. */
export interface Cell<T> {
  readonly get: () => T
  readonly set: (value: T) => void
  readonly follow: (listener: () => void) => () => void
}

/** Makes a cell with its first value. */
export function makeCell<T>(first: T): Cell<T> {
  const listeners = new Set<() => void>()
  let current = first
  return {
    get: () => current,
    set(value) {
      if (Object.is(value, current)) return
      current = value
      for (const listener of listeners) listener()
    },
    follow(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

/** The value of a cell, followed by the component. */
export const useCell = <T>(cell: Cell<T>): T => useSyncExternalStore(cell.follow, cell.get)
