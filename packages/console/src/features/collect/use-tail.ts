import { useEffect, useRef, useState } from 'react'
import { mayPass } from '../../lib/refusal.ts'
import type { EventsAddress } from './address.ts'
import { askTail } from './api/events.ts'
import { emptyTail, type Tail, withNews } from './tail.ts'

// Many events a second are shown in steps that one can read.
const restMs = 600

/** Follows the events that an address asks for, from the moment it is first used; a pause ends the asking. */
export function useTail(
  address: EventsAddress,
  isPaused: boolean,
): { readonly tail: Tail; readonly thrown: unknown } {
  const [tail, setTail] = useState(emptyTail)
  const [thrown, setThrown] = useState<unknown>()
  const asked = useRef(address)
  const after = useRef<number>(undefined)
  useEffect(() => {
    if (isPaused) return
    const gone = new AbortController()
    const { signal } = gone
    const look = async () => {
      const news = await askTail(asked.current, { after: after.current, signal })
      if (signal.aborted) return
      after.current = withNews({ ...emptyTail, after: after.current ?? 0 }, news).after ?? 0
      setTail((before) => withNews(before, news))
      setThrown(undefined)
    }
    void follow({ look, onThrown: setThrown, signal })
    return () => gone.abort()
  }, [isPaused])
  return { tail, thrown }
}

/** Looks again and again until it is given up, or until the server refuses for good. */
async function follow({
  look,
  onThrown,
  signal,
}: {
  look: () => Promise<void>
  onThrown: (thrown: unknown) => void
  signal: AbortSignal
}): Promise<void> {
  while (!signal.aborted) {
    try {
      await look()
    } catch (thrown) {
      if (signal.aborted) return
      onThrown(thrown)
      if (!mayPass(thrown)) return
    }
    await new Promise((resolve) => setTimeout(resolve, restMs))
  }
}
