import { Button, Checkbox, Textarea } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { RejectedRecord } from '@tessera/platform/contract'
import { useState } from 'react'
import { texts } from '../../../lib/texts.ts'
import { Ago } from '../../../ui/ago.tsx'
import { editableOf, mendedOf } from '../mending.ts'
import type { Retry } from '../use-retry.ts'
import styles from './streams.module.css'

const words = texts.streams.rejected

/** One rejected record, with what can be done about it. */
export function Rejected({
  record,
  isChosen,
  onChoose,
  retry,
}: {
  record: RejectedRecord
  isChosen: boolean
  onChoose: (isChosen: boolean) => void
  retry: Retry
}) {
  const [isMending, setMending] = useState(false)
  const still = retry.stillWrong.get(record.id)
  return (
    <li className={styles.reject}>
      <div className={styles.rejectHead}>
        <Checkbox
          aria-label={words.choose}
          checked={isChosen}
          onChange={(event) => onChoose(event.currentTarget.checked)}
        />
        <span className={styles.why}>{record.reason}</span>
        <span className={styles.quiet}>
          <Place record={record} /> · <Ago time={record.taken_at} />
        </span>
        {!isMending && (
          <span className={styles.does}>
            <Button
              size="compact-xs"
              variant="default"
              disabled={retry.isBusy}
              onClick={() => retry.start({ items: [{ id: record.id }] })}
            >
              {words.retry}
            </Button>
            <Button size="compact-xs" variant="default" onClick={() => setMending(true)}>
              {words.mend}
            </Button>
          </span>
        )}
      </div>
      {still?.reason !== undefined && (
        <p role="alert" className={styles.still}>
          {words.still} {still.reason}
        </p>
      )}
      {isMending ? (
        <Mending record={record} retry={retry} onEnd={() => setMending(false)} />
      ) : (
        <pre className={styles.raw} title={words.raw}>
          {record.raw}
        </pre>
      )}
    </li>
  )
}

function Place({ record: { file, record, event } }: { record: RejectedRecord }) {
  if (event === undefined) return words.place(file, record)
  return (
    <Link to="/events" search={{ event: String(event) }} className={styles.link}>
      {words.event(event)}
    </Link>
  )
}

function Mending({
  record: { id, raw },
  retry,
  onEnd,
}: {
  record: RejectedRecord
  retry: Retry
  onEnd: () => void
}) {
  const [text, setText] = useState(() => editableOf(raw))
  const mended = mendedOf(text, raw)
  const problem = 'problem' in mended ? mended.problem : undefined
  return (
    <div className={styles.mending}>
      <Textarea
        aria-label={words.mended}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        error={problem}
        autosize
        minRows={3}
        maxRows={24}
        spellCheck={false}
        classNames={{ input: styles.editor ?? '' }}
        data-autofocus
      />
      <div className={styles.choices}>
        <Button
          size="xs"
          loading={retry.isBusy}
          disabled={problem !== undefined}
          onClick={() => 'body' in mended && retry.start({ items: [{ id, body: mended.body }] })}
        >
          {words.send}
        </Button>
        <Button size="xs" variant="default" onClick={onEnd}>
          {texts.cancel}
        </Button>
      </div>
    </div>
  )
}
