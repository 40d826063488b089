import { useId, useState } from 'react'
import type { ProfileValue } from '../../../lib/api-types.ts'
import { formatValue } from '../../../lib/format.ts'
import { texts } from '../../../lib/texts.ts'
import { Icon } from '../../../ui/icons.tsx'
import { Panel } from '../../../ui/page.tsx'
import { OriginWords } from './origin-words.tsx'
import styles from './profile.module.css'

const words = texts.customers.value

/** The values of a customer; each opens to show where it comes from and what else was said. */
export function ValuesPart({ values }: { values: readonly ProfileValue[] }) {
  return (
    <Panel title={texts.customers.values} flush="flush">
      {values.map((value) => (
        <Value key={value.field} of={value} />
      ))}
    </Panel>
  )
}

function Value({ of }: { of: ProfileValue }) {
  const [isOpen, setIsOpen] = useState(false)
  const proof = useId()
  const others = otherValues(of)
  return (
    <div className={styles.value}>
      <button
        type="button"
        className={styles.line}
        aria-expanded={isOpen}
        aria-controls={proof}
        title={titleOf(of)}
        onClick={() => setIsOpen(!isOpen)}
      >
        <span className={styles.field}>{of.label}</span>
        <span className={styles.shown}>
          {formatValue(of.value, of.type)}
          {others.length > 0 && (
            <span className={styles.differ}>{words.differ(others.length)}</span>
          )}
        </span>
        <Icon name="down" size={12} />
      </button>
      {isOpen && (
        <div id={proof} className={styles.proof}>
          <Proof of={of} others={others} />
        </div>
      )}
    </div>
  )
}

function Proof({
  of,
  others,
}: {
  of: ProfileValue
  others: readonly ProfileValue['candidates'][number][]
}) {
  return (
    <>
      {of.from && (
        <div>
          {words.source}: <OriginWords of={of.from} />
        </div>
      )}
      {of.rule !== undefined && (
        <div>
          {words.rule} <span className={styles.quiet}>{of.rule}</span>
        </div>
      )}
      {others.length === 0 ? (
        <div className={styles.quiet}>{words.sameInAll}</div>
      ) : (
        <div className={styles.others}>
          <span className={styles.quiet}>{words.others}</span>
          {others.map(({ value, from }) => (
            <div key={`${from.record} ${String(value)}`} className={styles.other}>
              <span>{formatValue(value, of.type)}</span>
              <OriginWords of={from} />
            </div>
          ))}
        </div>
      )}
    </>
  )
}

const otherValues = ({ value, candidates }: ProfileValue) =>
  candidates.filter((candidate) => String(candidate.value) !== String(value))

function titleOf({ label, from }: ProfileValue): string {
  if (!from) return words.explain(label)
  const place = from.row === undefined ? '' : `, ${words.row} ${from.row}`
  return `${from.source} › ${from.stream}${from.file === undefined ? '' : ` › ${from.file}`}${place}`
}
