import { Button } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import type { InsightComparison } from '@tessera/platform/contract'
import { useState } from 'react'
import type { Body } from '../../../lib/body.ts'
import { formatValue } from '../../../lib/format.ts'
import { texts } from '../../../lib/texts.ts'
import { Answer } from '../../../ui/answer.tsx'
import { type Column, DataTable } from '../../../ui/data-table.tsx'
import type { DefinitionFormProps } from '../../../ui/definition-editor.tsx'
import shared from '../../../ui/lines.module.css'
import { Panel } from '../../../ui/page.tsx'
import { Trouble, TroubleLine } from '../../../ui/trouble.tsx'
import { compare, previewQuery } from '../api/insights.ts'
import styles from './insights.module.css'
import { RowsTable } from './rows-table.tsx'

const words = texts.insights.preview

/** The first rows that a draft would give, and how it differs from what is published under `over`. */
export function PreviewPart({ body, isSound, over }: DefinitionFormProps & { over?: string }) {
  const [asked, setAsked] = useState<Body>()
  const isAsked = JSON.stringify(asked) === JSON.stringify(body)
  if (isSound && !isAsked) setAsked(body)
  const preview = useQuery(previewQuery(asked))
  return (
    <>
      <Panel
        title={words.title}
        aside={<span className={styles.small}>{words.note}</span>}
        flush="flush"
      >
        {asked === undefined && <p className={styles.bar}>{words.waiting}</p>}
        {asked !== undefined && preview.error && <Trouble thrown={preview.error} />}
        {asked !== undefined && !preview.error && (
          <Answer query={preview} height={200}>
            {(answer) => (
              <>
                {answer.problems?.map(({ code, say }) => (
                  <p key={code} className={shared.line} data-tone="bad" role="alert">
                    {words.unsound(say)}
                  </p>
                ))}
                {answer.rows.length === 0 ? (
                  <p className={styles.bar}>{words.empty}</p>
                ) : (
                  <RowsTable label={words.title} answer={answer} />
                )}
              </>
            )}
          </Answer>
        )}
      </Panel>
      {over !== undefined && isSound && <Compare insight={over} definition={body} />}
    </>
  )
}

function Compare({ insight, definition }: { insight: string; definition: Body }) {
  const comparing = useMutation({ mutationFn: compare })
  return (
    <Panel
      title={words.comparison}
      aside={
        <Button
          size="compact-xs"
          variant="default"
          loading={comparing.isPending}
          onClick={() => comparing.mutate({ key: insight, definition })}
        >
          {words.compare}
        </Button>
      }
    >
      {comparing.isPending && <p className={shared.quiet}>{words.comparing}</p>}
      {comparing.error && (
        <div role="alert" className={shared.bad}>
          <TroubleLine thrown={comparing.error} />
        </div>
      )}
      {comparing.data && <Compared of={comparing.data} />}
    </Panel>
  )
}

function Compared({ of }: { of: InsightComparison }) {
  const { added = 0, gone = 0, different = 0, note, biggest } = of
  const isSame = added + gone + different === 0 && note === undefined
  return (
    <div className={styles.stack} role="status">
      <p>{isSame ? words.same : words.counts(added, gone, different)}</p>
      {note !== undefined && <p className={shared.quiet}>{note}</p>}
      <DataTable
        label={words.comparison}
        rows={[{ name: words.rows, before: of.before?.rows, after: of.after.rows }, ...of.measures]}
        columns={columnsOfSums}
        rowKey={({ name }) => name}
      />
      {biggest.length > 0 && (
        <DataTable
          label={words.biggest}
          rows={biggest}
          columns={columnsOfBiggest}
          rowKey={({ of: row, measure }) => JSON.stringify([row, measure])}
        />
      )}
    </div>
  )
}

interface Side {
  readonly before?: number | undefined
  readonly after?: number | undefined
}

const before = {
  key: 'before',
  title: words.before,
  align: 'end',
  cell: ({ before: was }: Side) => shown(was),
} as const
const after = {
  key: 'after',
  title: words.after,
  align: 'end',
  cell: ({ after: is }: Side) => shown(is),
} as const

const shown = (value: number | undefined) =>
  value === undefined ? texts.none : formatValue(Math.round(value * 100) / 100)

const columnsOfSums: readonly Column<Side & { readonly name: string }>[] = [
  { key: 'name', title: words.measure, cell: ({ name }) => name },
  before,
  after,
]

const columnsOfBiggest: readonly Column<InsightComparison['biggest'][number]>[] = [
  {
    key: 'of',
    title: words.biggest,
    cell: ({ of, measure }) =>
      `${Object.values(of)
        .map((value) => formatValue(value))
        .join(', ')}: ${measure}`,
  },
  before,
  after,
]
