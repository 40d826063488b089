import { useQuery } from '@tanstack/react-query'
import type { WhyAnswer } from '@tessera/platform/contract'
import { type Body, isBody, textAt } from '../../../lib/body.ts'
import { definitionsQuery } from '../../../lib/definitions.ts'
import { peopleQuery } from '../../../lib/people.ts'
import { WhyTree } from '../../../ui/why-tree.tsx'
import { saidAt } from '../said.ts'
import { useVocabulary } from '../use-vocabulary.ts'

/** Why a person is in or not, in the words of the form, with their name; until it is known, their id. */
export function PersonWhy({ answer, membership }: { answer: WhyAnswer; membership: Body }) {
  const { of } = useVocabulary(textAt(membership, ['on']))
  const { data: all } = useQuery(definitionsQuery('segment'))
  const segments = new Map(
    (all ?? []).flatMap(({ key, body }) => (isBody(body) ? [[key, body] as const] : [])),
  )
  const { data } = useQuery(peopleQuery(answer.profile))
  const name = data?.profiles.find(({ id }) => id === answer.profile)?.name
  return (
    <WhyTree
      answer={answer}
      name={name ?? answer.profile}
      {...(of ? { sayAt: (at: string) => saidAt(of, membership, { at, segments }) } : {})}
    />
  )
}
