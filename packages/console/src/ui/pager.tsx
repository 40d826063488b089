import { Button } from '@mantine/core'
import { texts } from '../lib/texts.ts'
import styles from './pager.module.css'

/** Leads from page to page of what is told newest first; a way that is not given is not there. */
export function Pager({
  onNewest,
  onOlder,
}: {
  onNewest: (() => void) | undefined
  onOlder: (() => void) | undefined
}) {
  const { newest, older } = texts.pages
  return <Ways back={{ label: newest, go: onNewest }} on={{ label: older, go: onOlder }} />
}

/** The same for what has an order of its own. */
export function OrderedPager({
  onFirst,
  onNext,
}: {
  onFirst: (() => void) | undefined
  onNext: (() => void) | undefined
}) {
  const { first, next } = texts.pages
  return <Ways back={{ label: first, go: onFirst }} on={{ label: next, go: onNext }} />
}

interface Way {
  readonly label: string
  readonly go: (() => void) | undefined
}

function Ways({ back, on }: { back: Way; on: Way }) {
  if (!back.go && !on.go) return null
  return (
    <nav className={styles.pager} aria-label={texts.pages.title}>
      {[back, on].map(({ label, go }) => (
        <Button key={label} size="xs" variant="default" disabled={!go} onClick={go}>
          {label}
        </Button>
      ))}
    </nav>
  )
}
