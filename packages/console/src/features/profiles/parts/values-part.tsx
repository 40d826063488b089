import type { ProfileValue } from '@tessera/platform/contract'
import { useId, useState } from 'react'
import { formatCount, formatValue } from '../../../lib/format.ts'
import { texts } from '../../../lib/texts.ts'
import { Icon } from '../../../ui/icons.tsx'
import { Panel } from '../../../ui/page.tsx'
import { housekeepingLast } from '../order.ts'
import { OriginWords } from './origin-words.tsx'
import styles from './profile.module.css'

const words = texts.customers.value

/** The values of a customer; each opens to show where it comes from and what else was said. */
export function ValuesPart({ values }: { values: readonly ProfileValue[] }) {
  return (
    <Panel title={texts.customers.values} flush="flush">
      {housekeepingLast(values).map((value) => (
        <Value key={value.field} of={value} />
      ))}
    </Panel>
  )
}

function Value({ of }: { of: ProfileValue }) {
  const [isOpen, setIsOpen] = useState(false)
  const proof = useId()
  return (
    <div className={styles.value}>
      <button
        type="button"
        className={styles.line}
        aria-expanded={isOpen}
        aria-controls={proof}
        title={placeOf(of)}
        onClick={() => setIsOpen(!isOpen)}
      >
        <span className={styles.field}>{of.label}</span>
        <span className={styles.shown}>
          {formatValue(of.value, of.type)}
          {of.candidates.length > 0 && (
            <span className={styles.differ}>{words.differ(of.candidates.length)}</span>
          )}
        </span>
        <Icon name="down" size={12} />
      </button>
      <div id={proof} hidden={!isOpen}>
        {isOpen && <Proof of={of} />}
      </div>
    </div>
  )
}

function Proof({ of: { type, from, candidates } }: { of: ProfileValue }) {
  return (
    <div className={styles.proof}>
      <div>
        {words.from} {from.source}: <OriginWords of={from} />
      </div>
      {candidates.length === 0 ? (
        <div className={styles.quiet}>{words.sameInAll}</div>
      ) : (
        <div className={styles.others}>
          <span className={styles.quiet}>{words.others}</span>
          {candidates.map((candidate) => (
            <Candidate key={String(candidate.value)} of={candidate} type={type} />
          ))}
        </div>
      )}
    </div>
  )
}

function Candidate({
  of: { value, from },
  type,
}: {
  of: ProfileValue['candidates'][number]
  type: ProfileValue['type']
}) {
  const [first, ...rest] = from
  return (
    <div className={styles.other}>
      <span>{formatValue(value, type)}</span>
      <span>
        {first && <OriginWords of={first} />}
        {rest.length > 0 && <span className={styles.quiet}> {words.moreRecords(rest.length)}</span>}
      </span>
    </div>
  )
}

function placeOf({ from: { source, stream, id, file, row } }: ProfileValue): string {
  const place = file === undefined ? '' : ` · ${file}`
  const line = row === undefined ? '' : `, ${words.row} ${formatCount(row)}`
  return `${words.from} ${source}: ${stream} ${id}${place}${line}`
}
