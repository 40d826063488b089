import { Button } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import type { RejectedRecord } from '@tessera/platform/contract'
import { texts } from '../../../lib/texts.ts'
import { Ago } from '../../../ui/ago.tsx'
import { Answer } from '../../../ui/answer.tsx'
import { EmptyState } from '../../../ui/empty-state.tsx'
import { TroubleLine } from '../../../ui/trouble.tsx'
import { rejectedQuery } from '../api/streams.ts'
import { type Retry, useRetry } from '../use-retry.ts'
import styles from './streams.module.css'

const words = texts.streams.rejected

/** What could not be taken: the reason, the place and the text as it came; all of it can be tried again. */
export function RejectedPart({ streamKey }: { streamKey: string }) {
  const query = useInfiniteQuery(rejectedQuery(streamKey))
  const retry = useRetry(streamKey)
  return (
    <>
      <Outcome retry={retry} />
      <Answer query={query} height={320}>
        {({ pages }) => {
          const records = pages.flat()
          if (records.length === 0) {
            return (
              <EmptyState icon="file" title={words.empty}>
                {words.emptyHelp}
              </EmptyState>
            )
          }
          return (
            <>
              <div className={styles.bar}>
                <p className={styles.why}>{words.about}</p>
                <Button
                  size="xs"
                  variant="default"
                  loading={retry.isBusy}
                  onClick={() => retry.start({ all: true })}
                >
                  {words.retryAll}
                </Button>
              </div>
              <ul>
                {records.map((record) => (
                  <Rejected
                    key={`${record.file} ${record.record} ${record.reason}`}
                    record={record}
                  />
                ))}
              </ul>
              {query.hasNextPage && (
                <div className={styles.more}>
                  <Button
                    size="xs"
                    variant="default"
                    loading={query.isFetchingNextPage}
                    onClick={() => void query.fetchNextPage()}
                  >
                    {texts.more}
                  </Button>
                </div>
              )}
            </>
          )
        }}
      </Answer>
    </>
  )
}

function Outcome({ retry: { refused, answer } }: { retry: Retry }) {
  if (refused) {
    return (
      <div role="alert" className={styles.refusedLine}>
        <TroubleLine thrown={refused} />
      </div>
    )
  }
  if (!answer) return null
  const rejected = answer.results.filter(({ status }) => status === 'rejected').length
  return (
    <p role="status" className={styles.told}>
      {words.taken(answer.results.length - rejected, rejected)}
    </p>
  )
}

function Rejected({ record }: { record: RejectedRecord }) {
  return (
    <li className={styles.reject}>
      <div className={styles.rejectHead}>
        <span>{record.reason}</span>
        <span className={styles.quiet}>
          {words.place(record.file, record.record)} · <Ago time={record.taken_at} />
        </span>
      </div>
      <pre className={styles.raw} title={words.raw}>
        {record.raw}
      </pre>
    </li>
  )
}
