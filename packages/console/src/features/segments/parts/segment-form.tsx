import { useQuery } from '@tanstack/react-query'
import { useEffect, useMemo, useRef } from 'react'
import { type Path, placeOf, textAt, valueAt } from '../../../lib/body.ts'
import { kindOf } from '../../../lib/condition.ts'
import { modelQuery, schemaQuery } from '../../../lib/definitions.ts'
import { FormProvider, put, useForm } from '../../../lib/form.ts'
import { schemaOfKind } from '../../../lib/schema.ts'
import { texts } from '../../../lib/texts.ts'
import { Waiting } from '../../../ui/answer.tsx'
import row from '../../../ui/comparison.module.css'
import type { DefinitionFormProps } from '../../../ui/definition-editor.tsx'
import {
  AddButton,
  ChoiceField,
  FurtherFields,
  IconButton,
  NumberField,
  TextField,
} from '../../../ui/form-inputs.tsx'
import { TroubleLine } from '../../../ui/trouble.tsx'
import { type Builder, BuilderProvider, countsIn, useBuilder } from '../builder.ts'
import { questionIn } from '../condition.ts'
import { useGiven } from '../given.ts'
import { useCount } from '../use-count.ts'
import { useVocabulary } from '../use-vocabulary.ts'
import { insightOptions, pathOptions } from '../vocabulary.ts'
import styles from './builder.module.css'
import { RelatedFields } from './condition-fields.tsx'
import { AddCondition, ConditionNode } from './condition-node.tsx'
import { SqlForm, WaterfallForm, type Way, WayField, wayOf } from './other-forms.tsx'
import { ParametersForm } from './parameters-form.tsx'
import { RelatedWhere } from './related-rows.tsx'

const words = texts.segments.builder
const inPlace = [
  'label',
  'about',
  'on',
  'include',
  'exclude',
  'time_zone',
  'rank',
  'parameters',
  'sql',
  'waterfall',
] as const

/** A segment as a form: names, conditions as deep as one likes, and only the first by a value. */
export function SegmentForm({ body, problems, isSound, onChange }: DefinitionFormProps) {
  const on = textAt(body, ['on'])
  const vocabulary = useVocabulary(on)
  const { data: schemas } = useQuery(schemaQuery)
  const schema = useMemo(() => schemas && schemaOfKind(schemas, 'segment'), [schemas])
  const { data: model } = useQuery(modelQuery)
  const { given } = useGiven()
  const count = useCount(questionIn(body, given), { isSound, how: 'approximate' })
  const { frame, lead } = useLead()
  // Places are those of the tree that was counted.
  const counts = useMemo(
    () => countsIn(count.isOld ? undefined : count.data),
    [count.data, count.isOld],
  )
  if (vocabulary.thrown) return <TroubleLine thrown={vocabulary.thrown} />
  if (!vocabulary.of) return <Waiting height={320} />
  const form = { body, objects: model?.objects ?? [], schema, problems, change: onChange }
  const builder: Builder = { vocabulary: vocabulary.of, counts, lead }
  const way = wayOf(body)
  return (
    <FormProvider value={form}>
      <BuilderProvider value={builder}>
        <div className={styles.form} ref={frame}>
          <Names way={way} />
          <WayField way={way} />
          {way === 'sql' && <SqlForm />}
          {way === 'waterfall' && <WaterfallForm />}
          {way === 'conditions' && (
            <>
              <ParametersForm />
              <Conditions word="include" />
              <Conditions word="exclude" />
              <RankForm />
            </>
          )}
          <FurtherFields path={[]} known={inPlace} isOpen={false} />
        </div>
      </BuilderProvider>
    </FormProvider>
  )
}

/** Leads the keyboard to a condition that a change has moved or made. */
function useLead() {
  const frame = useRef<HTMLDivElement>(null)
  const wish = useRef<{ readonly place: string; readonly to: 'node' | 'input' }>(undefined)
  useEffect(() => {
    const { current: wished } = wish
    if (wished === undefined) return
    const node = frame.current?.querySelector(`[data-place="${CSS.escape(wished.place)}"]`)
    if (!(node instanceof HTMLElement)) return
    wish.current = undefined
    const input = wished.to === 'input' ? node.querySelector('input, select') : null
    if (input instanceof HTMLElement) input.focus()
    else node.focus()
  })
  const lead = (path: Path, to: 'node' | 'input') => {
    wish.current = { place: placeOf(path), to }
  }
  return { frame, lead }
}

function Names({ way }: { way: Way }) {
  const form = useForm()
  const on = textAt(form.body, ['on'])
  const isSet = valueAt(form.body, ['include']) !== undefined
  return (
    <div className={styles.names}>
      <TextField path={['label']} label={words.label} />
      <TextField path={['about']} label={words.aboutLabel} />
      <ChoiceField
        path={['on']}
        label={words.on}
        options={form.objects.map(({ key, label }) => ({ value: key, label }))}
        onChoose={(chosen) =>
          // What is asked of people cannot be asked of products.
          form.change({
            ...form.body,
            on: chosen ?? on,
            ...(isSet && chosen !== on ? { include: { all: [] } } : {}),
          })
        }
      />
      {way === 'conditions' && <ZoneField />}
    </div>
  )
}

function ZoneField() {
  return <TextField path={['time_zone']} label={`${words.zone} (${words.zoneHint})`} />
}

function Conditions({ word }: { word: 'include' | 'exclude' }) {
  const form = useForm()
  const path = [word]
  const node = valueAt(form.body, path)
  if (node === undefined && word === 'exclude')
    return (
      <AddButton
        label={words.addExclude}
        // Nothing that is asked leaves nobody out, so nobody is lost while one writes.
        onClick={() => put(form, path, { any: [] })}
      />
    )
  const kind = kindOf(node)
  return (
    <section className={styles.section} aria-label={words[word]}>
      <h3 className={styles.title}>{words[word]}</h3>
      {node !== undefined && <ConditionNode path={path} ground={{}} />}
      {kind !== 'all' && kind !== 'any' && <AddCondition path={path} ground={{}} />}
    </section>
  )
}

const bySubjects = ['field', 'insight', 'related'] as const
const begun = {
  field: { field: '' },
  insight: { insight: '' },
  related: { related: '', measure: 'count' },
} as const

/** Only the first by a value, of everybody or in each group. */
function RankForm() {
  const form = useForm()
  const { vocabulary } = useBuilder()
  const by = valueAt(form.body, ['rank', 'by'])
  if (valueAt(form.body, ['rank']) === undefined)
    return (
      <AddButton
        label={words.addRank}
        onClick={() => put(form, ['rank'], { first: 100, by: begun.insight })}
      />
    )
  const subject = bySubjects.find((name) => kindOf(by) === name) ?? 'field'
  return (
    <section className={styles.section} aria-label={words.rank}>
      <div className={styles.sectionHead}>
        <h3 className={styles.title}>{words.rank}</h3>
        <IconButton
          label={words.removeRank}
          icon="close"
          onClick={() => put(form, ['rank'], undefined)}
        />
      </div>
      <div className={styles.names}>
        <NumberField path={['rank', 'first']} label={words.first} />
        <ChoiceField
          path={['rank', 'per']}
          label={`${words.per} (${words.perHint})`}
          isOptional
          options={pathOptions(vocabulary, {})}
        />
        <ChoiceField
          path={['rank', 'order']}
          label={words.order}
          shown="highest"
          options={(['highest', 'lowest'] as const).map((value) => ({
            value,
            label: words.orders[value],
          }))}
        />
      </div>
      <div className={styles.line}>
        <select
          className={styles.join}
          aria-label={words.by}
          value={subject}
          onChange={({ currentTarget: { value } }) =>
            put(form, ['rank', 'by'], begun[bySubjects.find((name) => name === value) ?? 'field'])
          }
        >
          {bySubjects.map((name) => (
            <option key={name} value={name}>
              {words.bySubjects[name]}
            </option>
          ))}
        </select>
        {subject === 'field' && (
          <span className={row.what}>
            <ChoiceField
              path={['rank', 'by', 'field']}
              label={words.field}
              look="in a row"
              options={pathOptions(vocabulary, {})}
            />
          </span>
        )}
        {subject === 'insight' && (
          <span className={row.what}>
            <ChoiceField
              path={['rank', 'by', 'insight']}
              label={words.insight}
              look="in a row"
              options={insightOptions(vocabulary)}
            />
          </span>
        )}
        {subject === 'related' && <RelatedFields path={['rank', 'by']} isMeasure="is a measure" />}
      </div>
      {subject === 'related' && <RelatedWhere path={['rank', 'by']} inner={ConditionNode} />}
    </section>
  )
}
