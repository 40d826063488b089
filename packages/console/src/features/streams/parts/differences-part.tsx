import { Button, Radio, Select } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { FieldConflict } from '@tessera/platform/contract'
import { useState } from 'react'
import { formatCount } from '../../../lib/format.ts'
import { texts } from '../../../lib/texts.ts'
import { Ago } from '../../../ui/ago.tsx'
import { Answer } from '../../../ui/answer.tsx'
import { EmptyState } from '../../../ui/empty-state.tsx'
import { Tag } from '../../../ui/tag.tsx'
import { TroubleLine } from '../../../ui/trouble.tsx'
import { type Decision, decide, differencesQuery } from '../api/differences.ts'
import styles from './streams.module.css'

const words = texts.streams.differences
const decisions = ['accept', 'cast', 'refuse'] as const
type Kind = (typeof decisions)[number]

// JSON is no type to read a value as.
const castable = ['text', 'integer', 'decimal', 'number', 'boolean', 'date', 'timestamp'] as const
type Castable = (typeof castable)[number]

/** Values that came in another type than their field has, and what may be done about it. */
export function DifferencesPart({ streamKey }: { streamKey: string }) {
  const conflicts = useQuery(differencesQuery(streamKey))
  const queries = useQueryClient()
  const deciding = useMutation({
    mutationFn: (decision: Decision) => decide(streamKey, decision),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['streams', streamKey] }),
  })
  return (
    <>
      {deciding.data && (
        <p role="status" className={styles.told}>
          {deciding.data.say}
        </p>
      )}
      {deciding.error && (
        <div role="alert" className={styles.refusedLine}>
          <TroubleLine thrown={deciding.error} />
        </div>
      )}
      <Answer query={conflicts} height={260}>
        {(found) =>
          found.length === 0 ? (
            <EmptyState icon="model" title={words.empty}>
              {words.emptyHelp}
            </EmptyState>
          ) : (
            <>
              <p className={styles.remark}>{words.about}</p>
              <ul>
                {found.map((conflict) => (
                  <Difference
                    key={conflict.field}
                    conflict={conflict}
                    isBusy={deciding.isPending}
                    onDecide={(decision) => deciding.mutate(decision)}
                  />
                ))}
              </ul>
            </>
          )
        }
      </Answer>
    </>
  )
}

function Difference({
  conflict,
  isBusy,
  onDecide,
}: {
  conflict: FieldConflict
  isBusy: boolean
  onDecide: (decision: Decision) => void
}) {
  const { field, label, type, found } = conflict
  return (
    <li className={styles.reject}>
      <div className={styles.rejectHead}>
        <span className={styles.label}>
          {label} <span className={styles.key}>{field}</span>
        </span>
        <span>
          {words.has} <Tag>{type}</Tag>
        </span>
      </div>
      <ul className={styles.found}>
        {found.map((one) => (
          <li key={one.type} className={styles.foundOne}>
            <span>
              {formatCount(one.count)} × <Tag>{one.type}</Tag>
            </span>
            <span className={styles.quiet}>
              {words.first} <Ago time={one.first_at} />, {words.last} <Ago time={one.last_at} />
            </span>
            <Examples of={one.examples} />
          </li>
        ))}
      </ul>
      <Choice conflict={conflict} isBusy={isBusy} onDecide={onDecide} />
    </li>
  )
}

function Examples({ of }: { of: readonly string[] }) {
  if (of.length === 0) return null
  return (
    <span className={styles.tags}>
      <span className={styles.quiet}>{words.examples}</span>
      {[...new Set(of)].map((example) => (
        <code key={example} className={styles.example}>
          {example}
        </code>
      ))}
    </span>
  )
}

function Choice({
  conflict: { field, type },
  isBusy,
  onDecide,
}: {
  conflict: FieldConflict
  isBusy: boolean
  onDecide: (decision: Decision) => void
}) {
  const [chosen, setChosen] = useState<Kind>()
  const [to, setTo] = useState<Castable>()
  const decision = decisionOf(field, chosen, to)
  return (
    <div className={styles.mending}>
      <Radio.Group
        label={words.whatNow}
        value={chosen ?? null}
        onChange={(value) => setChosen(decisions.find((one) => one === value))}
      >
        <div className={styles.options}>
          {decisions.map((name) => (
            <Radio
              key={name}
              value={name}
              label={words.decisions[name]}
              description={words.willHappen[name](type)}
            />
          ))}
        </div>
      </Radio.Group>
      {chosen === 'cast' && (
        <Select
          label={words.castTo}
          data={[...castable]}
          value={to ?? null}
          onChange={(value) => setTo(castable.find((one) => one === value))}
          w={180}
        />
      )}
      <div className={styles.choices}>
        <Button
          size="xs"
          disabled={decision === undefined}
          loading={isBusy}
          onClick={() => decision && onDecide(decision)}
        >
          {words.decide}
        </Button>
      </div>
    </div>
  )
}

function decisionOf(
  field: string,
  kind: Kind | undefined,
  type: Castable | undefined,
): Decision | undefined {
  if (kind === undefined) return undefined
  if (kind !== 'cast') return { field, kind }
  return type === undefined ? undefined : { field, kind, type }
}
