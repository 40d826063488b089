import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import type { Body } from '../../lib/body.ts'
import { countQuery } from './api/segments.ts'

// A count takes longer than a verdict: nobody asks for one between two letters.
const pauseMs = 350

/** Counts whom a draft means, a moment after the last change; `isOld` while the count is of something before. */
export function useCount(question: Body | undefined, how: 'exact' | 'approximate') {
  const written = JSON.stringify(question)
  const [asked] = useDebouncedValue(written, pauseMs)
  // Written by us just before.
  const query = useQuery(
    countQuery(asked === undefined ? undefined : (JSON.parse(asked) as Body), how),
  )
  return { ...query, isOld: asked !== written || query.isPlaceholderData || query.error !== null }
}
