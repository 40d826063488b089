import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Body } from '../../lib/body.ts'
import { countQuery } from './api/segments.ts'

/** Counts whom a draft means, as soon as nothing speaks against it; `isOld` while the count is of something before. */
export function useCount(
  question: Body | undefined,
  { isSound, how }: { readonly isSound: boolean; readonly how: 'exact' | 'approximate' },
) {
  const [asked, setAsked] = useState<Body>()
  const isAsked = JSON.stringify(asked) === JSON.stringify(question)
  if (isSound && !isAsked) setAsked(question)
  const query = useQuery(countQuery(asked, how))
  return { ...query, asked, isOld: !isAsked || query.isPlaceholderData }
}
