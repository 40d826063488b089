import { Button } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { Activation } from '@tessera/platform/contract'
import { isBody, withValue } from '../../../lib/body.ts'
import { definitionQuery, putDefinition } from '../../../lib/definitions.ts'
import { texts } from '../../../lib/texts.ts'
import shared from '../../../ui/lines.module.css'
import { TroubleLine } from '../../../ui/trouble.tsx'
import { activationsKey, confirmActivation } from '../api/activations.ts'

const words = texts.activations

/** That so many members wait for somebody's yes, with the button that says it. */
export function ConfirmLine({ activation: { key, awaiting } }: { activation: Activation }) {
  const queries = useQueryClient()
  const confirm = useMutation({
    mutationFn: confirmActivation,
    onSuccess: () => queries.invalidateQueries({ queryKey: activationsKey }),
  })
  if (typeof awaiting !== 'number')
    return confirm.data ? (
      <p className={shared.line} data-tone="good" role="status">
        {words.confirm.done(confirm.data.members)}
      </p>
    ) : null
  return (
    <div className={shared.line} data-tone="wait" role="status">
      <span className={shared.grow}>{words.confirm.says(awaiting)}</span>
      {confirm.error && <TroubleLine thrown={confirm.error} />}
      <Button
        size="compact-sm"
        loading={confirm.isPending}
        onClick={() => confirm.mutate({ key, members: awaiting })}
      >
        {words.confirm.button(awaiting)}
      </Button>
    </div>
  )
}

/** Lets an activation rest, or go on: one member of its definition. */
export function PauseButton({ activation: { key } }: { activation: Activation }) {
  const queries = useQueryClient()
  const { data: published } = useQuery(definitionQuery('activation', key))
  const change = useMutation({
    mutationFn: putDefinition,
    onSuccess: () =>
      Promise.all(
        [activationsKey, ['definitions']].map((queryKey) =>
          queries.invalidateQueries({ queryKey }),
        ),
      ),
  })
  const body = published?.body
  if (!published || !isBody(body)) return null
  const isPaused = body['paused'] === true
  return (
    <>
      {change.error && (
        <span role="alert">
          <TroubleLine thrown={change.error} />
        </span>
      )}
      <Button
        variant="default"
        loading={change.isPending}
        onClick={() =>
          change.mutate({
            kind: 'activation',
            key,
            body: withValue(body, ['paused'], isPaused ? undefined : true),
            over: published.version,
          })
        }
      >
        {isPaused ? words.pause.resume : words.pause.pause}
      </Button>
    </>
  )
}

/** That nothing moves because somebody paused it. */
export function PausedLine({ activation: { paused } }: { activation: Activation }) {
  if (paused !== true) return null
  return (
    <p className={shared.line} data-tone="wait" role="status">
      {words.pause.paused}
    </p>
  )
}
