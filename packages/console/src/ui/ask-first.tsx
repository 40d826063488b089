import { Button, type ButtonProps, Popover } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { texts } from '../lib/texts.ts'
import styles from './ask-first.module.css'
import lines from './lines.module.css'
import { TroubleLine } from './trouble.tsx'

/** A button that asks once more before it does what it says. */
export function AskFirst({
  children,
  look,
  says,
  asks,
  yes,
  isFinal = false,
  work,
  onYes,
}: {
  /** What the button says. */
  children: string
  look?: ButtonProps
  /** What the button says to those who hear it, where that is more than it says to those who see it. */
  says?: string
  /** What is asked. */
  asks: ReactNode
  yes: string
  /** It cannot be taken back, or hardly. */
  isFinal?: boolean
  /** What `yes` begins, where its trouble is to be told here; otherwise nothing stays open. */
  work?: { readonly isPending: boolean; readonly error: unknown }
  onYes: () => void
}) {
  const [isAsking, setAsking] = useState(false)
  const agree = () => {
    if (work === undefined) setAsking(false)
    onYes()
  }
  return (
    <Popover opened={isAsking} onChange={setAsking} trapFocus returnFocus withArrow width={300}>
      <Popover.Target>
        <Button {...look} aria-label={says} onClick={() => setAsking(!isAsking)}>
          {children}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <div className={styles.asking}>
          {asks}
          {work?.error != null && (
            <div role="alert" className={lines.bad}>
              <TroubleLine thrown={work.error} />
            </div>
          )}
          <span className={lines.actions}>
            <Button
              size="xs"
              loading={work?.isPending ?? false}
              onClick={agree}
              {...(isFinal ? { color: 'red' } : {})}
            >
              {yes}
            </Button>
            <Button size="xs" variant="default" onClick={() => setAsking(false)}>
              {texts.cancel}
            </Button>
          </span>
        </div>
      </Popover.Dropdown>
    </Popover>
  )
}
