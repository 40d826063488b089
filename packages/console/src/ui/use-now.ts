import { useSyncExternalStore } from 'react'

const stepMs = 5_000
const followers = new Set<() => void>()
let timer: ReturnType<typeof setInterval> | undefined
let now = Date.now()

/** The time, renewed every few seconds for all that show how long ago something was. */
export const useNow = (): number => useSyncExternalStore(follow, () => now)

function follow(listener: () => void): () => void {
  followers.add(listener)
  timer ??= setInterval(tick, stepMs)
  return () => {
    followers.delete(listener)
    if (followers.size > 0) return
    clearInterval(timer)
    timer = undefined
  }
}

function tick() {
  now = Date.now()
  for (const listener of followers) listener()
}
