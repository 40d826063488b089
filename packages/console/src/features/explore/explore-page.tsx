import { Button, SegmentedControl, Select, Tabs } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import type { DefinitionAnswer } from '@tessera/platform/contract'
import { type ReactNode, useRef, useState } from 'react'
import { definitionsQuery } from '../../lib/definitions.ts'
import { useSqlCatalogue } from '../../lib/sql.ts'
import { texts } from '../../lib/texts.ts'
import { Page, Panel } from '../../ui/page.tsx'
import { type SqlControl, SqlEditor } from '../../ui/sql-editor.tsx'
import { type ExploreAddress, exploreViews, type RowLimit, rowLimits } from './address.ts'
import { checkQuery, limitsQuery } from './api/explore.ts'
import { AnswerPart } from './parts/answer-part.tsx'
import styles from './parts/explore.module.css'
import { SaveTools } from './parts/save-tools.tsx'
import { SavedPart } from './parts/saved-part.tsx'
import { TablesPart } from './parts/tables-part.tsx'
import { placedIn } from './problems.ts'
import { chartOf, nameOf } from './saved.ts'
import { type Asking, useQuestion } from './use-question.ts'
import { useText } from './use-text.ts'

const words = texts.explore
const route = getRouteApi('/explore')

/** Questions in SQL: what can be read, what was saved, the text, and what the answer looks like. */
export function ExplorePage(): ReactNode {
  const { saved } = route.useSearch()
  const { data: all } = useQuery(definitionsQuery('query'))
  if (saved !== undefined && all === undefined) return null
  const opened = all?.find(({ key }) => key === saved)
  return <Explore opened={opened} all={all ?? []} />
}

// Long enough that a word is typed to its end.
const pauseMs = 500
const longestInAddress = 4_000

function Explore({
  opened,
  all,
}: {
  opened: DefinitionAnswer | undefined
  all: readonly DefinitionAnswer[]
}) {
  const address = route.useSearch()
  const navigate = route.useNavigate()
  const go = (search: ExploreAddress) => void navigate({ search, replace: true })
  const { sql, write, chart, setChart, setSent } = useText(opened, address.sql)
  const [askedFor, setAskedFor] = useState<string>()
  const { data: machine } = useQuery(limitsQuery)
  const limitMs = machine?.query_timeout_ms ?? 60_000
  const asking = useQuestion(limitMs)
  const catalogue = useSqlCatalogue()
  const control = useRef<SqlControl>(null)
  const limit: RowLimit = address.limit ?? '1000'
  const run = () => {
    if (sql.trim() === '' || asking.isBusy) return
    asking.start({ sql, limit: Number(limit) })
    setAskedFor(opened?.key)
    // What was asked can be sent on; a very long text stays out of the address.
    const { sql: _, ...rest } = address
    const short = sql.length < longestInAddress ? sql : undefined
    setSent(short)
    go({ ...rest, ...(short === undefined ? {} : { sql: short }) })
  }
  return (
    <Page title={words.title} about={words.about}>
      <div className={styles.columns}>
        <Side all={all} opened={opened?.key} onInsert={(text) => control.current?.insert(text)} />
        <div className={styles.main}>
          <Panel
            title={opened ? nameOf(opened) : words.saved.newQuestion}
            aside={
              <SaveTools
                opened={opened}
                all={all}
                sql={sql}
                chart={chart}
                onOpen={(key) => {
                  setAskedFor(key)
                  go({ saved: key })
                }}
              />
            }
          >
            <div className={styles.question}>
              <SqlEditor
                label={words.sql}
                value={sql}
                onChange={write}
                catalogue={catalogue}
                problems={useProblems(sql, asking)}
                onRun={run}
                control={control}
              />
              <div className={styles.runLine}>
                {asking.isBusy ? (
                  <Button variant="default" onClick={asking.stop}>
                    {texts.cancel}
                  </Button>
                ) : (
                  <Button
                    disabled={sql.trim() === ''}
                    onClick={run}
                    rightSection={<kbd className={styles.keys}>{words.runKeys}</kbd>}
                  >
                    {words.run}
                  </Button>
                )}
                <Select
                  aria-label={words.rowLimit}
                  w={180}
                  allowDeselect={false}
                  value={limit}
                  data={rowLimits.map((value) => ({ value, label: words.limits(Number(value)) }))}
                  onChange={(chosen) => {
                    const next = rowLimits.find((known) => known === chosen)
                    go({ ...address, ...(next === undefined ? {} : { limit: next }) })
                  }}
                />
                <span className={styles.quiet}>{words.timeLimit(limitMs / 1_000)}</span>
              </div>
            </div>
          </Panel>
          <Panel
            flush="flush"
            title={words.result}
            aside={
              <SegmentedControl
                size="xs"
                aria-label={words.view}
                value={address.view ?? 'table'}
                onChange={(value) => {
                  const { view: _, ...rest } = address
                  const next = exploreViews.find((known) => known === value)
                  go({ ...rest, ...(next === 'chart' ? { view: next } : {}) })
                }}
                data={exploreViews.map((value) => ({ value, label: words.views[value] }))}
              />
            }
          >
            <AnswerPart
              asking={asking}
              isOther={askedFor !== opened?.key}
              view={address.view ?? 'table'}
              chart={chart ?? (opened && chartOf(opened))}
              onChart={setChart}
              name={opened?.key ?? 'query'}
            />
          </Panel>
        </div>
      </div>
    </Page>
  )
}

/** What is wrong with the text: as the server said when it was asked, or as it says while one writes. */
function useProblems(sql: string, { refused, question }: Asking) {
  const [settled] = useDebouncedValue(sql, pauseMs)
  const check = useQuery({ ...checkQuery(settled), retry: false })
  const thrown = question?.sql === sql && refused ? refused : settled === sql && check.error
  return placedIn(thrown)
}

/** What can be read, and what was saved. */
function Side({
  all,
  opened,
  onInsert,
}: {
  all: readonly DefinitionAnswer[]
  opened: string | undefined
  onInsert: (text: string) => void
}) {
  return (
    <aside className={styles.side}>
      <Panel flush="flush">
        <Tabs defaultValue="tables" keepMounted={false}>
          <Tabs.List className={styles.tabs}>
            <Tabs.Tab value="tables">{words.side.tables}</Tabs.Tab>
            <Tabs.Tab value="saved">{words.side.saved}</Tabs.Tab>
          </Tabs.List>
          <Tabs.Panel value="tables">
            <TablesPart onInsert={onInsert} />
          </Tabs.Panel>
          <Tabs.Panel value="saved">
            <SavedPart all={all} opened={opened} />
          </Tabs.Panel>
        </Tabs>
      </Panel>
    </aside>
  )
}
