import { Button } from '@mantine/core'
import { texts } from '../../../lib/texts.ts'
import { ReasonButton } from '../../../ui/reason-form.tsx'
import { TroubleLine } from '../../../ui/trouble.tsx'
import type { Decide } from '../use-decide.ts'
import styles from './identity.module.css'

const words = texts.identity

/** What was just decided or withdrawn, with the way back; or why it was refused. */
export function DecideOutcome({ decide }: { decide: Decide }) {
  const { decided = [], withdrawn, refused } = decide
  if (refused) {
    return (
      <div className={styles.line} data-tone="bad" role="alert">
        <TroubleLine thrown={refused} />
      </div>
    )
  }
  if (withdrawn !== undefined) {
    return (
      <p className={styles.line} data-tone="good" role="status">
        {words.withdrawnNow(withdrawn)}
      </p>
    )
  }
  if (decided.length === 0) return null
  const numbers = decided.map(({ number }) => number)
  return (
    <div className={styles.line} data-tone="good" role="status">
      <span className={styles.grow}>{words.decidedNow(numbers)}</span>
      <Button
        size="compact-xs"
        variant="default"
        loading={decide.isBusy}
        onClick={() => decide.withdraw(numbers, words.undone)}
      >
        {words.undo}
      </Button>
    </div>
  )
}

/** Withdraws decisions, once a reason is given. */
export function WithdrawButton({
  label,
  numbers,
  decide,
}: {
  label: string
  numbers: readonly number[]
  decide: Decide
}) {
  return (
    <ReasonButton
      label={label}
      about={words.decisions.withdrawAbout}
      button={words.decisions.withdraw}
      isBusy={decide.isBusy}
      onDecide={(why) => decide.withdraw(numbers, why)}
    />
  )
}
