import { SegmentedControl, Select } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { textAt, valueAt } from '../../../lib/body.ts'
import { modelQuery, schemaQuery } from '../../../lib/definitions.ts'
import { FormProvider, problemAt, put, useForm } from '../../../lib/form.ts'
import { schemaOfKind } from '../../../lib/schema.ts'
import { useSqlCatalogue } from '../../../lib/sql.ts'
import { texts } from '../../../lib/texts.ts'
import type { DefinitionFormProps } from '../../../ui/definition-editor.tsx'
import { FurtherFields, TextField, TextsField } from '../../../ui/form-inputs.tsx'
import shared from '../../../ui/lines.module.css'
import { SqlEditor } from '../../../ui/sql-editor.tsx'
import { BuildForm } from './build-form.tsx'
import styles from './insights.module.css'

const words = texts.insights.form
const inPlace = [
  'label',
  'about',
  'on',
  'build',
  'sql',
  'dimensions',
  'measures',
  'refresh',
] as const

/** An insight as a form: from parts, or in SQL. What the form does not know stays as it is. */
export function InsightForm({ body, problems, onChange }: DefinitionFormProps) {
  const { data: model } = useQuery(modelQuery)
  const { data: schemas } = useQuery(schemaQuery)
  const schema = useMemo(() => schemas && schemaOfKind(schemas, 'insight'), [schemas])
  const form = { body, objects: model?.objects ?? [], schema, problems, change: onChange }
  const way = body['sql'] === undefined ? 'build' : 'sql'
  return (
    <FormProvider value={form}>
      <div className={styles.form}>
        <div className={styles.names}>
          <TextField path={['label']} label={words.label} />
          <TextField path={['about']} label={words.about} />
        </div>
        <Way way={way} />
        {way === 'sql' ? <SqlForm /> : <BuildForm />}
        <RefreshField />
        <FurtherFields path={[]} known={inPlace} isOpen={false} />
      </div>
    </FormProvider>
  )
}

const ways = ['build', 'sql'] as const

/** From parts or in SQL. The other one is given up; a step back brings it again. */
function Way({ way }: { way: (typeof ways)[number] }) {
  const form = useForm()
  const choose = (next: string) => {
    // What SQL gives is of people or of nobody.
    const {
      build: _,
      sql: __,
      dimensions: ___,
      measures: ____,
      rollup: _____,
      on: ______,
      ...rest
    } = form.body
    const from = textAt(form.body, ['build', 'from']) || 'sales_order'
    form.change(
      next === 'sql'
        ? { ...rest, sql: `select count(*) as rows\nfrom ${from}` }
        : { ...rest, build: { from, measures: [{ name: 'rows', how: 'count' }] } },
    )
  }
  return (
    <div>
      <SegmentedControl
        size="xs"
        aria-label={words.written}
        value={way}
        onChange={(next) => next !== way && choose(next)}
        data={ways.map((value) => ({ value, label: words.ways[value] }))}
      />
    </div>
  )
}

function SqlForm() {
  const form = useForm()
  const catalogue = useSqlCatalogue()
  // The server says line and column in its sentence.
  const problems = form.problems
    .filter(({ path }) => path === 'sql')
    .map(({ say }) => ({ at: say, say: say.replace(/^line \d+, column \d+: /, '') }))
  return (
    <section className={styles.group}>
      <h3 className={styles.title}>{words.sql}</h3>
      <SqlEditor
        label={words.sql}
        value={textAt(form.body, ['sql'])}
        onChange={(text) => put(form, ['sql'], text)}
        catalogue={catalogue}
        problems={problems}
      />
      <p className={shared.small}>{words.sqlHint}</p>
      <div className={styles.names}>
        <TextsField path={['dimensions']} label={words.sqlDimensions} />
        <TextsField path={['measures']} label={words.sqlMeasures} />
      </div>
    </section>
  )
}

const refreshes = ['live', 'on demand', 'every', 'cron'] as const
const begun = {
  live: undefined,
  'on demand': 'on demand',
  every: { every: '1 hour' },
  cron: { cron: '0 6 * * *' },
} as const

/** When an insight is computed again. */
function RefreshField() {
  const form = useForm()
  const wish = valueAt(form.body, ['refresh'])
  const isTimed = (name: 'every' | 'cron') => valueAt(wish, [name]) !== undefined
  const timed = (['every', 'cron'] as const).find(isTimed)
  const now = timed ?? (wish === 'on demand' ? wish : 'live')
  return (
    <div className={styles.names}>
      <Select
        label={words.refresh}
        size="xs"
        allowDeselect={false}
        value={now}
        error={problemAt(form, ['refresh'])}
        data={refreshes.map((value) => ({ value, label: words.refreshes[value] }))}
        onChange={(chosen) => {
          const next = refreshes.find((known) => known === chosen)
          if (next !== undefined) put(form, ['refresh'], begun[next])
        }}
      />
      {timed !== undefined && (
        <TextField
          path={['refresh', timed]}
          label={`${words[timed]} (${timed === 'every' ? words.everyHint : words.cronHint})`}
        />
      )}
    </div>
  )
}
