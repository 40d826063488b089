import { Button, Checkbox } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import type { RejectedRecord } from '@tessera/platform/contract'
import { useState } from 'react'
import { texts } from '../../../lib/texts.ts'
import { Answer } from '../../../ui/answer.tsx'
import { EmptyState } from '../../../ui/empty-state.tsx'
import { SearchBox } from '../../../ui/search-box.tsx'
import { TroubleLine } from '../../../ui/trouble.tsx'
import { rejectedQuery } from '../api/streams.ts'
import { type Retry, useRetry } from '../use-retry.ts'
import { Rejected } from './rejected-record.tsx'
import styles from './streams.module.css'

const words = texts.streams.rejected

/** What could not be taken: the reason, the place and the text as it came; each can be mended and tried again. */
export function RejectedPart({
  streamKey,
  reason,
  onSearch,
}: {
  streamKey: string
  reason: string | undefined
  onSearch: (text: string) => void
}) {
  const query = useInfiniteQuery(rejectedQuery(streamKey, reason))
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set())
  const retry = useRetry(streamKey, () => setChosen(new Set()))
  const search = (text: string) => {
    setChosen(new Set())
    onSearch(text)
  }
  return (
    <>
      <Outcome retry={retry} />
      <Answer query={query} height={320}>
        {({ pages }) => {
          const records = pages.flat()
          if (records.length === 0 && reason === undefined) {
            return (
              <EmptyState icon="file" title={words.empty}>
                {words.emptyHelp}
              </EmptyState>
            )
          }
          return (
            <>
              <p className={styles.remark}>{words.about}</p>
              <div className={styles.bar}>
                <SearchBox
                  label={words.search}
                  hint={words.searchHint}
                  value={reason ?? ''}
                  onSearch={search}
                />
                <Bulk records={records} reason={reason} chosen={chosen} {...{ setChosen, retry }} />
              </div>
              {records.length === 0 && <NoneFits onSearch={search} />}
              <ul>
                {records.map((record) => (
                  <Rejected
                    key={record.id}
                    record={record}
                    isChosen={chosen.has(record.id)}
                    onChoose={(isChosen) => setChosen(withChoice(chosen, record.id, isChosen))}
                    retry={retry}
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

function Bulk({
  records,
  reason,
  chosen,
  setChosen,
  retry,
}: {
  records: readonly RejectedRecord[]
  reason: string | undefined
  chosen: ReadonlySet<string>
  setChosen: (chosen: ReadonlySet<string>) => void
  retry: Retry
}) {
  if (records.length === 0) return null
  const isAll = records.every(({ id }) => chosen.has(id))
  const all = { all: true, ...(reason === undefined ? {} : { reason }) } as const
  return (
    <>
      <Checkbox
        label={chosen.size === 0 ? words.chooseAll : words.chosen(chosen.size)}
        checked={isAll}
        indeterminate={chosen.size > 0 && !isAll}
        onChange={() => setChosen(new Set(isAll ? [] : records.map(({ id }) => id)))}
      />
      {chosen.size > 0 ? (
        <Button
          size="xs"
          loading={retry.isBusy}
          onClick={() => retry.start({ items: [...chosen].map((id) => ({ id })) })}
        >
          {words.retryChosen(chosen.size)}
        </Button>
      ) : (
        <Button size="xs" variant="default" loading={retry.isBusy} onClick={() => retry.start(all)}>
          {reason === undefined ? words.retryAll : words.retryAllThatFit}
        </Button>
      )}
    </>
  )
}

function NoneFits({ onSearch }: { onSearch: (text: string) => void }) {
  return (
    <EmptyState
      icon="search"
      title={words.noneFits}
      action={
        <Button size="xs" variant="default" onClick={() => onSearch('')}>
          {words.showAll}
        </Button>
      }
    />
  )
}

function withChoice(chosen: ReadonlySet<string>, id: string, isChosen: boolean) {
  const next = new Set(chosen)
  if (isChosen) next.add(id)
  else next.delete(id)
  return next
}
