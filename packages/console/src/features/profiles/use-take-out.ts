import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { Decision } from '@tessera/platform/contract'
import type { ProfileSource } from '../../lib/api-types.ts'
import { renewWithEchoes } from '../../lib/echoes.ts'
import { texts } from '../../lib/texts.ts'
import { takeOut, withdraw } from './api/profiles.ts'
import { usePeopleRuleset } from './use-ruleset.ts'

/** The means to take a record out of its customer, and back. */
export interface TakeOut {
  /** Whether there is a ruleset that a decision could be made for. */
  readonly isPossible: boolean
  readonly isBusy: boolean
  /** What was taken out last, and by which decisions. */
  readonly taken: { readonly name: string; readonly decisions: readonly number[] } | undefined
  readonly isUndone: boolean
  /** Why the last one was refused. */
  readonly refused: Error | null
  readonly take: (source: ProfileSource, why: string) => void
  readonly undo: () => void
}

/** Takes records out of customers; afterwards everything about customers is asked anew. */
export function useTakeOut(): TakeOut {
  const queries = useQueryClient()
  const ruleset = usePeopleRuleset()
  const again = () =>
    Promise.all(
      ['profiles', 'segments', 'identity', 'graph'].map((name) =>
        queries.invalidateQueries({ queryKey: [name] }),
      ),
    )
  const renew = () => void renewWithEchoes(again)
  const take = useMutation({
    mutationFn: async ({ source, why }: { source: ProfileSource; why: string }) => {
      const decided = await takeOut({ ruleset: ruleset ?? '', record: source.record, why })
      return { name: nameOf(source), decisions: numbersOf(decided) }
    },
    onSuccess: () => {
      undo.reset()
      renew()
    },
  })
  const undo = useMutation({
    mutationFn: (decisions: readonly number[]) =>
      withdraw({ ruleset: ruleset ?? '', decisions, why: texts.identity.undone }),
    onSuccess: renew,
  })
  return {
    isPossible: ruleset !== undefined,
    isBusy: take.isPending || undo.isPending,
    taken: take.data,
    isUndone: undo.isSuccess,
    refused: take.error ?? undo.error,
    take: (source, why) => take.mutate({ source, why }),
    undo: () => undo.mutate(take.data?.decisions ?? []),
  }
}

const nameOf = ({ stream, id }: ProfileSource): string => `${stream} ${id}`
const numbersOf = (decided: readonly Decision[]): readonly number[] =>
  decided.map(({ number }) => number)
