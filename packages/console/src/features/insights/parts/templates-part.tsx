import { Button } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { InsightTemplate } from '@tessera/platform/contract'
import { texts } from '../../../lib/texts.ts'
import { Answer } from '../../../ui/answer.tsx'
import { type Column, DataTable } from '../../../ui/data-table.tsx'
import shared from '../../../ui/lines.module.css'
import { Panel } from '../../../ui/page.tsx'
import { TroubleLine } from '../../../ui/trouble.tsx'
import { addTemplate, templatesQuery } from '../api/insights.ts'
import styles from './insights.module.css'

const words = texts.insights.templates

/** Insights that are ready to be added, each with what it lacks. */
export function TemplatesPart() {
  const queries = useQueryClient()
  const templates = useQuery(templatesQuery)
  const add = useMutation({
    mutationFn: addTemplate,
    onSuccess: () =>
      Promise.all(
        [['insights'], ['definitions'], ['graph']].map((queryKey) =>
          queries.invalidateQueries({ queryKey }),
        ),
      ),
  })
  const labelOf = (key: string) => templates.data?.find((one) => one.key === key)?.label ?? key
  return (
    <Panel title={words.title} flush="flush">
      {add.error && (
        <div role="alert" className={shared.line} data-tone="bad">
          <TroubleLine thrown={add.error} />
        </div>
      )}
      {add.data && (
        <p role="status" className={shared.line} data-tone="good">
          {words.addedNow(labelOf(add.data.key))}
        </p>
      )}
      <Answer query={templates} height={240}>
        {(all) => (
          <DataTable
            label={words.title}
            rows={all}
            columns={columnsOf({
              busy: add.isPending ? add.variables : undefined,
              onAdd: (key) => add.mutate(key),
            })}
            rowKey={({ key }) => key}
          />
        )}
      </Answer>
    </Panel>
  )
}

const columnsOf = (of: {
  readonly busy: string | undefined
  readonly onAdd: (key: string) => void
}): readonly Column<InsightTemplate>[] => [
  {
    key: 'name',
    title: words.name,
    cell: ({ label, about }) => (
      <span className={styles.name}>
        <span className={styles.label}>{label}</span>
        <span className={styles.small}>{about}</span>
      </span>
    ),
  },
  {
    key: 'needs',
    title: words.needs,
    cell: ({ lacks }) =>
      lacks.length === 0 ? <span className={styles.small}>{words.ready}</span> : lacks.join('; '),
  },
  {
    key: 'add',
    title: '',
    align: 'end',
    cell: ({ key, lacks, isDefined }) =>
      isDefined ? (
        <Link to="/insights/$key" params={{ key }} className={styles.link}>
          {words.open}
        </Link>
      ) : (
        <Button
          size="compact-xs"
          variant="default"
          disabled={lacks.length > 0}
          loading={of.busy === key}
          onClick={() => of.onAdd(key)}
        >
          {words.add}
        </Button>
      ),
  },
]
