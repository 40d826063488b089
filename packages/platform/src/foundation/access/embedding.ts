import { type Problem, refuseIfAny } from '#kernel/fault.ts'
import type { NewToken } from './api.ts'
import { accessFaults } from './faults.ts'

/** Refuses a token for other tools' pages that could do more than show customers there, and what is no origin. */
export function refuseUnfit({ rights, origins, space }: NewToken): void {
  const isLimited = origins !== undefined || space !== undefined
  const mayMore = rights.some((right) => right !== 'read_customers')
  const problems: Problem[] = []
  if (isLimited && mayMore)
    problems.push(...accessFaults.not_only_customers({ rights }, { at: 'rights' }).problems)
  for (const [i, origin] of (origins ?? []).entries())
    if (!isOrigin(origin))
      problems.push(...accessFaults.no_origin({ origin }, { at: `origins[${i}]` }).problems)
  refuseIfAny(problems)
}

// What is written into a header has to be just what browsers call the page, so nothing is tidied up.
function isOrigin(text: string): boolean {
  const url = URL.parse(text)
  return (
    url !== null && /^https?:$/.test(url.protocol) && host.test(url.hostname) && url.origin === text
  )
}

// To a browser's policy a star would be every host.
const host = /^([a-z\d.-]+|\[[\da-f:]+\])$/
