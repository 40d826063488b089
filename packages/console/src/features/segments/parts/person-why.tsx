import { useQuery } from '@tanstack/react-query'
import type { WhyAnswer } from '@tessera/platform/contract'
import { type Body, textAt } from '../../../lib/body.ts'
import { peopleQuery } from '../../../lib/people.ts'
import { WhyTree } from '../../../ui/why-tree.tsx'
import { saidAt } from '../said.ts'
import { useVocabulary } from '../use-vocabulary.ts'

/** Why a person is in or not, in the words of the form, with their name; until it is known, their id. */
export function PersonWhy({ answer, membership }: { answer: WhyAnswer; membership: Body }) {
  const { of } = useVocabulary(textAt(membership, ['on']))
  const { data } = useQuery(peopleQuery(answer.profile))
  const name = data?.profiles.find(({ id }) => id === answer.profile)?.name
  return (
    <WhyTree
      answer={answer}
      name={name ?? answer.profile}
      {...(of ? { sayAt: (at: string) => saidAt(of, membership, at) } : {})}
    />
  )
}
