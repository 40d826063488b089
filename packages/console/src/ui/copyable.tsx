import { Button, CopyButton } from '@mantine/core'
import { texts } from '../lib/texts.ts'
import styles from './copyable.module.css'

/** A button that puts a text on the clipboard. */
export function CopyText({ text }: { text: string }) {
  return (
    <CopyButton value={text} timeout={2_000}>
      {({ copied, copy }) => (
        <Button size="compact-xs" variant="default" onClick={copy}>
          {copied ? texts.copied : texts.copy}
        </Button>
      )}
    </CopyButton>
  )
}

/** Lines to take along, with a button that copies them. */
export function Copyable({ label, text }: { label: string; text: string }) {
  return (
    <div className={styles.box}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: long lines are scrolled with the keyboard too */}
      <section className={styles.scroll} tabIndex={0} aria-label={label}>
        <pre className={styles.text}>{text}</pre>
      </section>
      <span className={styles.button}>
        <CopyText text={text} />
      </span>
    </div>
  )
}
