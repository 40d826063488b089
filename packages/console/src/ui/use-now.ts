import { useSyncExternalStore } from 'react'
import { makeClock } from '../lib/clock.ts'

const clock = makeClock(5_000)

/** The time, renewed every few seconds for all that show how long ago something was. */
export const useNow = (): number => useSyncExternalStore(clock.follow, clock.now)
