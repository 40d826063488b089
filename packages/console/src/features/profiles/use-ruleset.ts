import { useQuery } from '@tanstack/react-query'
import { definitionsQuery } from '../../lib/definitions.ts'

/** The key of the ruleset that makes people one, as soon as it is known. */
export function usePeopleRuleset(): string | undefined {
  const { data: rulesets = [] } = useQuery(definitionsQuery('ruleset'))
  return rulesets.find(({ body }) => isOnPeople(body))?.key
}

const isOnPeople = (body: unknown): boolean =>
  typeof body === 'object' && body !== null && 'on' in body && body.on === 'individual'
