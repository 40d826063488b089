import { useQuery } from '@tanstack/react-query'
import type { WhyAnswer } from '@tessera/platform/contract'
import { peopleQuery } from '../../../lib/people.ts'
import { WhyTree } from '../../../ui/why-tree.tsx'

/** Why a person is in or not, with their name; until it is known, their id. */
export function PersonWhy({ answer }: { answer: WhyAnswer }) {
  const { data } = useQuery(peopleQuery(answer.profile))
  const name = data?.profiles.find(({ id }) => id === answer.profile)?.name
  return <WhyTree answer={answer} name={name ?? answer.profile} />
}
