import { useQuery } from '@tanstack/react-query'
import { definitionsQuery } from '../../lib/definitions.ts'
import { embedded } from '../../lib/embedded.ts'

/** The key of the ruleset that makes people one, as soon as it is known. */
export function usePeopleRuleset(): string | undefined {
  // In another tool's window nothing is decided.
  const asked = { ...definitionsQuery('ruleset'), enabled: embedded === undefined }
  const { data: rulesets = [] } = useQuery(asked)
  return rulesets.find(({ body }) => isOnPeople(body))?.key
}

const isOnPeople = (body: unknown): boolean =>
  typeof body === 'object' && body !== null && 'on' in body && body.on === 'individual'
