import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { Decision } from '@tessera/platform/contract'
import { renewWithEchoes } from '../../lib/echoes.ts'
import { identityKey, withdraw } from './api/identity.ts'

/** The means to decide about records, and what came of it. */
export interface Decide {
  readonly isBusy: boolean
  /** Why the last one was refused. */
  readonly refused: Error | null
  /** The decisions that were just written down. */
  readonly decided: readonly Decision[] | undefined
  /** How many decisions were just withdrawn. */
  readonly withdrawn: number | undefined
  readonly decide: (act: () => Promise<Decision[]>) => void
  /** Withdraws decisions: these, or those that a question to the server finds. */
  readonly withdraw: (
    which: readonly number[] | (() => Promise<readonly number[]>),
    why: string,
  ) => void
}

/** Decides about records of a ruleset, one thing at a time; afterwards everything about identity is asked anew. */
export function useDecide(ruleset: string, onDone: () => void = () => undefined): Decide {
  const queries = useQueryClient()
  const renew = () =>
    Promise.all(
      [identityKey, ['graph'], ['profiles']].map((queryKey) =>
        queries.invalidateQueries({ queryKey }),
      ),
    )
  const act = useMutation({
    mutationFn: async (wish: {
      readonly kind: 'decided' | 'withdrawn'
      readonly act: () => Promise<Decision[]>
    }) => ({ kind: wish.kind, decisions: await wish.act() }),
    onSuccess: async () => {
      onDone()
      await renewWithEchoes(renew)
    },
    // Whoever is refused may have read a list that is no longer true.
    onError: renew,
  })
  const of = (kind: 'decided' | 'withdrawn') =>
    act.data?.kind === kind ? act.data.decisions : undefined
  return {
    isBusy: act.isPending,
    refused: act.error,
    decided: of('decided'),
    withdrawn: of('withdrawn')?.length,
    decide: (wish) => act.mutate({ kind: 'decided', act: wish }),
    withdraw: (which, why) =>
      act.mutate({
        kind: 'withdrawn',
        act: async () => {
          const decisions = typeof which === 'function' ? await which() : which
          return withdraw(ruleset, { decisions: [...decisions], why })
        },
      }),
  }
}
