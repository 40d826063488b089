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
  if (!onNewest && !onOlder) return null
  return (
    <nav className={styles.pager} aria-label={texts.pages.title}>
      <Button size="xs" variant="default" disabled={!onNewest} onClick={onNewest}>
        {texts.pages.newest}
      </Button>
      <Button size="xs" variant="default" disabled={!onOlder} onClick={onOlder}>
        {texts.pages.older}
      </Button>
    </nav>
  )
}
