import { Button, MultiSelect, Select } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { InsightOverview, InsightPreview } from '@tessera/platform/contract'
import { useCallback, useState } from 'react'
import type { Body } from '../../../lib/body.ts'
import { type Chart, chartFor, measuresIn } from '../../../lib/chart.ts'
import { texts } from '../../../lib/texts.ts'
import { Waiting } from '../../../ui/answer.tsx'
import { ChartChoice, ChartDrawing } from '../../../ui/chart-part.tsx'
import { EmptyState } from '../../../ui/empty-state.tsx'
import shared from '../../../ui/lines.module.css'
import { Panel } from '../../../ui/page.tsx'
import { OrderedPager } from '../../../ui/pager.tsx'
import { Trouble } from '../../../ui/trouble.tsx'
import { grains, type InsightAddress } from '../address.ts'
import { type Question, rowsQuery, sqlQuery } from '../api/insights.ts'
import { chosenIn, drawingQuestion, isCut, questionOf, timesIn, usualDrawing } from '../question.ts'
import { BehindPart } from './behind-part.tsx'
import styles from './insights.module.css'
import { RowsTable } from './rows-table.tsx'

const words = texts.insights.data
const pageRows = 200

interface Props {
  readonly insight: InsightOverview
  readonly address: InsightAddress
  readonly go: (address: InsightAddress) => void
}

/** The numbers of an insight, put together by fewer dimensions or coarser times, as a chart and as rows. */
export function DataPart(props: Props) {
  const { insight } = props
  if (insight.rows === undefined)
    return (
      <Panel>
        <EmptyState icon="insight" title={words.empty}>
          {words.emptyHelp}
        </EmptyState>
      </Panel>
    )
  return <Data {...props} />
}

function Data({ insight, address, go }: Props) {
  const whole = useQuery(rowsQuery(insight.key, { dimensions: insight.dimensions, limit: 1 }))
  const { data: sql } = useQuery(sqlQuery(insight.key))
  // Of SQL nobody knows how coarse its times are.
  const times = sql?.written === 'by parts' ? timesIn(whole.data) : []
  const question = questionOf(insight, address, times)
  const rows = useQuery({ ...rowsQuery(insight.key, question), enabled: isAsking(question) })
  return (
    <div className={styles.stack}>
      <Panel title={words.chart} flush="flush">
        <div className={styles.bar}>
          <Together insight={insight} address={address} go={go} times={times} />
        </div>
        {whole.error && <Trouble thrown={whole.error} />}
        {whole.isPending && <Waiting height={320} />}
        {whole.data && (
          <ChartOf
            insight={insight}
            address={address}
            go={go}
            times={times}
            columns={columnsFor(insight, address, whole.data)}
          />
        )}
      </Panel>
      <LeftOut insight={insight} question={question} />
      {rows.error && <Trouble thrown={rows.error} />}
      {isAsking(question) && rows.data && !rows.error && (
        <Rows
          // What is put together otherwise begins with its first page.
          key={JSON.stringify(question)}
          insight={insight}
          answer={rows.data}
          isWhole={!isTogether(address)}
          isCut={isCut(question, rows.data)}
        />
      )}
    </div>
  )
}

// A question without measures is refused.
const isAsking = ({ measures }: Question) => measures === undefined || measures.length > 0

/** The measures that cannot be told by the dimensions that are chosen. */
function LeftOut({ insight, question }: { insight: InsightOverview; question: Question }) {
  const { measures: told } = question
  if (told === undefined) return null
  const names = insight.measures.map(({ name }) => name).filter((name) => !told.includes(name))
  return (
    <p className={shared.line} data-tone="wait" role="status">
      {words.leftOut(names)}
    </p>
  )
}

const isTogether = ({ by, grain }: InsightAddress) => by !== undefined || grain !== undefined

/** By which dimensions, and how coarse times, rows are put together. */
function Together({ insight, address, go, times }: Props & { times: readonly string[] }) {
  const { by, grain, x: _, series: __, ...rest } = address
  const chosen = by === undefined ? insight.dimensions : by.split(',').filter((one) => one !== '')
  const given = { ...(by === undefined ? {} : { by }), ...(grain === undefined ? {} : { grain }) }
  return (
    <>
      <MultiSelect
        size="xs"
        label={words.dimensions}
        data={[...insight.dimensions]}
        value={[...chosen]}
        onChange={(next) => go({ ...rest, ...given, by: next.length === 0 ? ',' : next.join(',') })}
      />
      {times.length > 0 && (
        <Select
          size="xs"
          label={words.grain}
          placeholder={words.asKept}
          clearable
          value={grain ?? null}
          data={grains.map((value) => ({ value, label: words.grains[value] }))}
          onChange={(value) => {
            const next = grains.find((known) => known === value)
            const { grain: ___, ...others } = given
            go({ ...rest, ...others, ...(next === undefined ? {} : { grain: next }) })
          }}
        />
      )}
    </>
  )
}

interface ChartProps extends Props {
  readonly times: readonly string[]
  /** What can be chosen. */
  readonly columns: InsightPreview['columns']
}

function ChartOf({ columns, ...props }: ChartProps) {
  const { insight, address, go } = props
  const { x, y, series, type } = address
  const answer = { columns, rows: [] }
  const isAsked = x !== undefined || y !== undefined
  const wish = isAsked ? { x, y: y?.split(',') ?? [], series, type } : usualDrawing(answer, insight)
  const names = insight.measures.map(({ name }) => name)
  return (
    <ChartChoice
      columns={columns}
      measures={measuresIn(answer).filter((name) => names.includes(name))}
      chart={chartFor(answer, wish)}
      onChart={(chart) => go({ ...address, ...wordsOf(chart) })}
    >
      {(chart) => <Drawing chart={chart} {...props} />}
    </ChartChoice>
  )
}

/** One row for each place in the chart, as far as measures can be told so; else the rows themselves. */
function Drawing({
  insight,
  address,
  times,
  chart,
}: Omit<ChartProps, 'columns'> & { chart: Chart }) {
  const placed = drawingQuestion(insight, chart, { grain: address.grain, times })
  const question = placed ?? questionOf(insight, address, times)
  const rows = useQuery({ ...rowsQuery(insight.key, question), enabled: isAsking(question) })
  const wayOf = useCallback(
    (measure: string) => insight.measures.find(({ name }) => name === measure)?.rollup,
    [insight.measures],
  )
  const { measures: told = chart.y } = question
  const [y, refused] = [
    chart.y.filter((name) => told.includes(name)),
    chart.y.filter((name) => !told.includes(name)),
  ]
  return (
    <>
      {refused.length > 0 && <p className={styles.remark}>{words.notDrawn(refused)}</p>}
      {rows.error && <Trouble thrown={rows.error} />}
      {y.length > 0 && !rows.error && (rows.data === undefined || rows.isPlaceholderData) && (
        <Waiting height={320} />
      )}
      {y.length > 0 && rows.data && !rows.error && !rows.isPlaceholderData && (
        <>
          <ChartDrawing answer={rows.data} chart={{ ...chart, y }} wayOf={wayOf} />
          {isCut(question, rows.data) && (
            <p className={styles.remark}>{words.cut(rows.data.rows.length)}</p>
          )}
        </>
      )}
    </>
  )
}

/** The columns that rows have when they are put together. */
function columnsFor(
  insight: InsightOverview,
  address: InsightAddress,
  { columns }: InsightPreview,
): InsightPreview['columns'] {
  const chosen = chosenIn(insight, address)
  return columns.filter(({ name, is }) => is === 'measure' || chosen.includes(name))
}

const wordsOf = ({ type, x, y, series = '' }: Chart): InsightAddress => ({
  type,
  x,
  y: y.join(','),
  series,
})

/** The rows themselves; behind each of them stand the rows that it was computed from. */
function Rows({
  insight,
  answer,
  isWhole,
  isCut: isMore,
}: {
  insight: InsightOverview
  answer: InsightPreview
  isWhole: boolean
  /** Whether there are more rows than were asked for. */
  isCut: boolean
}) {
  const [behind, setBehind] = useState<Body>()
  const [from, setFrom] = useState(0)
  const canLook = isWhole && insight.dimensions.length > 0
  const total = answer.rows.length
  const to = Math.min(from + pageRows, total)
  const shown = { ...answer, rows: answer.rows.slice(from, to) }
  return (
    <>
      {behind && (
        <BehindPart
          // One row's rows are never shown under the title of another.
          key={JSON.stringify(behind)}
          insightKey={insight.key}
          dimensions={behind}
          onClose={() => setBehind(undefined)}
        />
      )}
      <Panel
        title={words.rows}
        aside={
          total > pageRows && (
            <span className={styles.small}>{words.page(from + 1, to, total, isMore)}</span>
          )
        }
        flush="flush"
      >
        <RowsTable
          label={words.rows}
          answer={shown}
          {...(canLook
            ? {
                tools: (row) => (
                  <Button
                    size="compact-xs"
                    variant="subtle"
                    onClick={() => setBehind(dimensionsOf(insight, row))}
                  >
                    {words.behind}
                  </Button>
                ),
              }
            : {})}
        />
        <OrderedPager
          onFirst={from === 0 ? undefined : () => setFrom(0)}
          onNext={to === total ? undefined : () => setFrom(to)}
        />
      </Panel>
    </>
  )
}

const dimensionsOf = ({ dimensions }: InsightOverview, row: InsightPreview['rows'][number]): Body =>
  Object.fromEntries(dimensions.map((name) => [name, row[name] ?? null]))
