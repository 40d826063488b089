import { Button, MultiSelect, Select } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { InsightOverview, InsightPreview } from '@tessera/platform/contract'
import { useState } from 'react'
import type { Body } from '../../../lib/body.ts'
import { type Chart, chartFor } from '../../../lib/chart.ts'
import { texts } from '../../../lib/texts.ts'
import { Waiting } from '../../../ui/answer.tsx'
import { ChartPart } from '../../../ui/chart-part.tsx'
import { EmptyState } from '../../../ui/empty-state.tsx'
import { Panel } from '../../../ui/page.tsx'
import { Trouble } from '../../../ui/trouble.tsx'
import { grains, type InsightAddress } from '../address.ts'
import { rowsQuery, sqlQuery } from '../api/insights.ts'
import { questionOf, timesIn, usualDrawing } from '../question.ts'
import { BehindPart } from './behind-part.tsx'
import styles from './insights.module.css'
import { RowsTable } from './rows-table.tsx'

const words = texts.insights.data
const mostShown = 200

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
  const rows = useQuery(rowsQuery(insight.key, questionOf(insight, address, times)))
  return (
    <div className={styles.stack}>
      <Panel title={words.chart} flush="flush">
        <div className={styles.bar}>
          <Together insight={insight} address={address} go={go} times={times} />
        </div>
        {rows.error && <Trouble thrown={rows.error} />}
        {rows.isPending && <Waiting height={320} />}
        {rows.data && !rows.error && <Drawn answer={rows.data} address={address} go={go} />}
      </Panel>
      {rows.data && !rows.error && (
        <Rows insight={insight} answer={rows.data} isWhole={!isTogether(address)} />
      )}
    </div>
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

function Drawn({
  answer,
  address,
  go,
}: {
  answer: InsightPreview
  address: InsightAddress
  go: Props['go']
}) {
  const { x, y, series, type } = address
  const isAsked = x !== undefined || y !== undefined
  const wish = isAsked ? { x, y: y?.split(',') ?? [], series, type } : usualDrawing(answer)
  return (
    <ChartPart
      answer={answer}
      chart={chartFor(answer, wish)}
      onChart={(chart) => go({ ...address, ...wordsOf(chart) })}
    />
  )
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
}: {
  insight: InsightOverview
  answer: InsightPreview
  isWhole: boolean
}) {
  const [behind, setBehind] = useState<Body>()
  const canLook = isWhole && insight.dimensions.length > 0
  const shown = { ...answer, rows: answer.rows.slice(0, mostShown) }
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
          answer.rows.length > mostShown && (
            <span className={styles.small}>{words.first(mostShown)}</span>
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
      </Panel>
    </>
  )
}

const dimensionsOf = ({ dimensions }: InsightOverview, row: InsightPreview['rows'][number]): Body =>
  Object.fromEntries(dimensions.map((name) => [name, row[name] ?? null]))
