import { Button } from '@mantine/core'
import type { ProfileSource } from '../../../lib/api-types.ts'
import { texts } from '../../../lib/texts.ts'
import lines from '../../../ui/lines.module.css'
import { ReasonButton } from '../../../ui/reason-form.tsx'
import { TroubleLine } from '../../../ui/trouble.tsx'
import type { TakeOut } from '../use-take-out.ts'

const words = texts.customers.takeOut

/** Takes one record out of its customer, once a reason is given. */
export function TakeOutButton({ of, taking }: { of: ProfileSource; taking: TakeOut }) {
  if (!taking.isPossible) return null
  return (
    <ReasonButton
      label={words.button}
      name={words.label(`${of.stream} ${of.id}`)}
      about={words.about}
      button={words.button}
      isBusy={taking.isBusy}
      onDecide={(why) => taking.take(of, why)}
    />
  )
}

/** What was taken out last, with the way back; or why it was refused. */
export function TakenOut({ taking }: { taking: TakeOut }) {
  const { refused, taken, isUndone, isBusy, undo } = taking
  if (refused) {
    return (
      <div className={lines['line']} data-tone="bad" role="alert">
        <TroubleLine thrown={refused} />
      </div>
    )
  }
  if (taken === undefined) return null
  return (
    <div className={lines['line']} data-tone="good" role="status">
      <span className={lines['grow']}>{isUndone ? words.undone : words.done(taken.name)}</span>
      {!isUndone && (
        <Button size="compact-xs" variant="default" loading={isBusy} onClick={undo}>
          {texts.identity.undo}
        </Button>
      )}
    </div>
  )
}
