import { Button } from '@mantine/core'
import { isGone, mayPass, Refusal, sentenceOf } from '../lib/refusal.ts'
import { texts } from '../lib/texts.ts'
import { Icon } from './icons.tsx'
import styles from './states.module.css'

/** What went wrong, in the words of whoever refused, with every single problem and its place. */
export function Trouble({ thrown, again }: { thrown: unknown; again?: () => void }) {
  return (
    <div className={styles.state} role="alert">
      <span className={styles.stone} data-tone="bad">
        <Icon name="alert" size={22} />
      </span>
      <TroubleLine thrown={thrown} />
      {mayPass(thrown) && <p className={styles.say}>{texts.trouble.recovers}</p>}
      {isGone(thrown) && <p className={styles.say}>{texts.trouble.gone}</p>}
      {again && !isGone(thrown) && (
        <Button variant="default" size="xs" onClick={again}>
          {texts.trouble.again}
        </Button>
      )}
    </div>
  )
}

/** The sentence of a refusal, and below it its single problems. */
export function TroubleLine({ thrown }: { thrown: unknown }) {
  const problems = thrown instanceof Refusal ? thrown.problems : []
  if (problems.length < 2) return <p className={styles.sentence}>{sentenceOf(thrown)}</p>
  return (
    <ul className={styles.problems}>
      {problems.map(({ at, code, say }) => (
        <li key={`${at} ${code} ${say}`}>
          {at !== '' && <code>{at}</code>} {say}
        </li>
      ))}
    </ul>
  )
}
