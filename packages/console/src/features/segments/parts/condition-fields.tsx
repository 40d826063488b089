import { bodyAt, type Path, textAt } from '../../../lib/body.ts'
import { put, useForm } from '../../../lib/form.ts'
import { texts } from '../../../lib/texts.ts'
import { isNumeric } from '../../../lib/values.ts'
import row from '../../../ui/comparison.module.css'
import { ComparisonFields } from '../../../ui/comparison.tsx'
import { ChoiceField, TextField } from '../../../ui/form-inputs.tsx'
import { useBuilder } from '../builder.ts'
import { parametersIn } from '../given.ts'
import {
  type Ground,
  insightOptions,
  insightType,
  measureType,
  objectLabel,
  pathOptions,
  pathType,
} from '../vocabulary.ts'
import styles from './builder.module.css'

const words = texts.segments.builder

/** A condition, or a part of one: where it stands, and what its questions are about. */
export interface NodeProps {
  readonly path: Path
  readonly ground: Ground
}

function Comparison({ path, type }: { path: Path; type: string | undefined }) {
  const { body } = useForm()
  const { subjects } = useBuilder().vocabulary
  return <ComparisonFields path={path} type={type} means={subjects} standIns={parametersIn(body)} />
}

/** A question to a field. */
export function FieldFields({ path, ground }: NodeProps) {
  const form = useForm()
  const { vocabulary } = useBuilder()
  const field = textAt(form.body, [...path, 'field'])
  const type = pathType(vocabulary, ground, field)
  return (
    <>
      <span className={row.what}>
        <ChoiceField
          path={[...path, 'field']}
          label={words.field}
          look="in a row"
          options={pathOptions(vocabulary, ground)}
          onChoose={(chosen) => {
            const isSame = chosen !== undefined && pathType(vocabulary, ground, chosen) === type
            const there = bodyAt(form.body, path)
            put(form, path, isSame ? { ...there, field: chosen } : { field: chosen ?? '', op: '=' })
          }}
        />
      </span>
      <Comparison path={path} type={type} />
      <Further path={path} type={type} />
    </>
  )
}

/** Whether capitals matter, and where days begin, where that can be asked. */
function Further({ path, type }: { path: Path; type: string | undefined }) {
  const form = useForm()
  const isText = type === 'text' || type === 'json'
  const isTime = type === 'date' || type === 'timestamp'
  const there = bodyAt(form.body, path)
  if (isText || there['case_sensitive'] !== undefined)
    return (
      <label className={styles.flag}>
        <input
          type="checkbox"
          checked={there['case_sensitive'] === true}
          onChange={({ currentTarget: { checked } }) =>
            put(form, [...path, 'case_sensitive'], checked ? true : undefined)
          }
        />
        {words.caseSensitive}
      </label>
    )
  if (!isTime && there['time_zone'] === undefined) return null
  return (
    <span className={row.unit}>
      <TextField path={[...path, 'time_zone']} label={words.zone} look="in a row" />
    </span>
  )
}

/** A question to a measure of an insight. */
export function InsightFields({ path }: NodeProps) {
  const form = useForm()
  const { vocabulary } = useBuilder()
  return (
    <>
      <span className={row.what}>
        <ChoiceField
          path={[...path, 'insight']}
          label={words.insight}
          look="in a row"
          options={insightOptions(vocabulary)}
        />
      </span>
      <Comparison
        path={path}
        type={insightType(vocabulary, textAt(form.body, [...path, 'insight']))}
      />
    </>
  )
}

/** Who is in another segment. */
export function SegmentFields({ path }: NodeProps) {
  const { vocabulary } = useBuilder()
  const { subjects, segments } = vocabulary
  return (
    <>
      <span className={row.what}>
        <ChoiceField
          path={[...path, 'segment']}
          label={words.segment}
          look="in a row"
          options={subjects.segments.map((value) => ({
            value,
            label: segments.get(value) ?? value,
          }))}
        />
      </span>
      <span className={row.op}>
        <ChoiceField
          path={[...path, 'use']}
          label={words.use}
          look="in a row"
          shown="members"
          options={(['members', 'definition'] as const).map((value) => ({
            value,
            label: words.uses[value],
          }))}
        />
      </span>
    </>
  )
}

/** What is known of a consent. */
export function ConsentFields({ path }: NodeProps) {
  return (
    <>
      <span className={row.op}>
        <TextField path={[...path, 'consent', 'channel']} label={words.channel} look="in a row" />
      </span>
      <span className={row.op}>
        <TextField path={[...path, 'consent', 'purpose']} label={words.purpose} look="in a row" />
      </span>
      <span className={row.op}>
        <ChoiceField
          path={[...path, 'consent', 'status']}
          label={words.status}
          look="in a row"
          options={(['opted_in', 'opted_out', 'unknown'] as const).map((value) => ({
            value,
            label: words.statuses[value],
          }))}
        />
      </span>
    </>
  )
}

const measures = ['count', 'count_distinct', 'sum', 'min', 'max', 'avg', 'first', 'last'] as const
const numericOnly: readonly string[] = ['sum', 'avg']

/** Rows of an object, as a measure or as at least one. */
export function RelatedFields({
  path,
  isMeasure,
}: Pick<NodeProps, 'path'> & { isMeasure?: 'is a measure' }) {
  const form = useForm()
  const { vocabulary } = useBuilder()
  const there = bodyAt(form.body, path)
  const related = textAt(form.body, [...path, 'related'])
  const measure = textAt(form.body, [...path, 'measure'])
  const ofPath = textAt(form.body, [...path, 'of'])
  const type = measureType(vocabulary, { related, measure, of: ofPath })
  const chooseMeasure = (chosen: string | undefined) => {
    const { measure: _, of, op, value, unit: __, ...rest } = there
    if (chosen === undefined || chosen === 'any') return put(form, path, rest)
    const kept = chosen === 'count' ? {} : { of }
    put(
      form,
      path,
      isMeasure
        ? { ...rest, measure: chosen, ...kept }
        : { ...rest, measure: chosen, ...kept, op: op ?? '>=', value },
    )
  }
  const fields = pathOptions(vocabulary, { rows: related }).filter(
    ({ value }) =>
      !numericOnly.includes(measure) || isNumeric(pathType(vocabulary, { rows: related }, value)),
  )
  return (
    <>
      <span className={row.op}>
        <ChoiceField
          path={[...path, 'measure']}
          label={words.measure}
          look="in a row"
          options={[
            ...(isMeasure ? [] : [{ value: 'any', label: words.measures.any }]),
            ...measures.map((value) => ({ value, label: words.measures[value] })),
          ]}
          onChoose={chooseMeasure}
          {...(isMeasure ? {} : { shown: 'any' })}
        />
      </span>
      {measure !== '' && measure !== 'count' && (
        <span className={row.op}>
          <ChoiceField path={[...path, 'of']} label={words.of} look="in a row" options={fields} />
        </span>
      )}
      <span className={row.what}>
        <ChoiceField
          path={[...path, 'related']}
          label={words.object}
          look="in a row"
          options={Object.keys(vocabulary.subjects.objects).map((value) => ({
            value,
            label: objectLabel(vocabulary, value),
          }))}
          // Fields of one object are seldom those of another.
          onChoose={(chosen) => {
            const { where: _, of: __, ...rest } = there
            put(form, path, { ...rest, related: chosen ?? '' })
          }}
        />
      </span>
      {measure !== '' && !isMeasure && <Comparison path={path} type={type} />}
    </>
  )
}
