import { Autocomplete } from '@mantine/core'
import {
  isBody,
  listAt,
  type Path,
  placeOf,
  textAt,
  valueAt,
  withEntry,
  withMoved,
  withValue,
} from '../../../lib/body.ts'
import { problemAt, put, useForm } from '../../../lib/form.ts'
import { useSqlCatalogue } from '../../../lib/sql.ts'
import { texts } from '../../../lib/texts.ts'
import {
  AddButton,
  ChoiceField,
  FurtherFields,
  IconButton,
  TextField,
} from '../../../ui/form-inputs.tsx'
import shared from '../../../ui/lines.module.css'
import { dimensionIn, nameOf, pathsOf, subjectsOf, withDimension } from '../parts.ts'
import styles from './insights.module.css'
import { WindowForm } from './window-form.tsx'

const words = texts.insights.form
const grains = ['hour', 'day', 'week', 'month', 'quarter', 'year'] as const
const hows = ['count', 'count_distinct', 'sum', 'min', 'max', 'avg'] as const

/** Measures by dimensions over the rows of one object or insight. */
export function BuildForm() {
  const form = useForm()
  const { relations } = useSqlCatalogue()
  const from = textAt(form.body, ['build', 'from'])
  return (
    <>
      <div className={styles.names}>
        <ChoiceField
          path={['build', 'from']}
          label={words.from}
          options={relations.map(({ name, label }) => ({ value: name, label: label ?? name }))}
        />
        <ExpressionField
          path={['build', 'where']}
          label={words.where}
          hint={words.whereHint}
          paths={[]}
        />
      </div>
      <SubjectField from={from} />
      <Dimensions from={from} />
      <Measures from={from} />
      <WindowForm from={from} />
      <FurtherFields
        path={['build']}
        known={['from', 'where', 'dimensions', 'measures', 'window']}
        isOpen={false}
      />
    </>
  )
}

/** Whose values these are. What is chosen brings the dimension that leads there; a step back brings the others again. */
function SubjectField({ from }: { from: string }) {
  const form = useForm()
  const { relations } = useSqlCatalogue()
  const subjects = subjectsOf(from, form.objects, relations)
  if (subjects.length === 0 && form.body['on'] === undefined) return null
  const choose = (chosen: string | undefined) => {
    const path = subjects.find(({ key }) => key === chosen)?.path
    const next = withValue(form.body, ['on'], chosen)
    form.change(path === undefined ? next : withValue(next, ['build', 'dimensions'], [path]))
  }
  return (
    <div className={styles.names}>
      <ChoiceField
        path={['on']}
        label={words.on}
        isOptional
        options={subjects.map(({ key, label }) => ({ value: key, label }))}
        onChoose={choose}
      />
      <span className={shared.small}>{words.onHelp}</span>
    </div>
  )
}

/** A field by its path, or a formula over fields. */
function ExpressionField({
  path,
  label,
  hint,
  paths,
  onWrite,
  value,
}: {
  path: Path
  label: string
  hint?: string
  paths: readonly string[]
  onWrite?: (text: string) => void
  value?: string
}) {
  const form = useForm()
  const write = onWrite ?? ((text: string) => put(form, path, text === '' ? undefined : text))
  return (
    <Autocomplete
      {...(hint === undefined ? { 'aria-label': label, placeholder: label } : { label })}
      {...(hint === undefined ? {} : { placeholder: hint })}
      size="xs"
      data={[...paths]}
      value={value ?? textAt(form.body, path)}
      error={problemAt(form, path)}
      onChange={write}
      spellCheck={false}
    />
  )
}

function usePaths(from: string): readonly string[] {
  const { objects } = useForm()
  const { relations } = useSqlCatalogue()
  return pathsOf(from, objects, relations)
}

function Dimensions({ from }: { from: string }) {
  const form = useForm()
  const paths = usePaths(from)
  const list = ['build', 'dimensions']
  const dimensions = listAt(form.body, list)
  return (
    <section className={styles.group} aria-label={words.dimensions}>
      <h3 className={styles.title}>{words.dimensions}</h3>
      {dimensions.map((entry, i) => {
        const path = [...list, i]
        const { of, by } = dimensionIn(entry)
        return (
          <fieldset key={placeOf(path)} className={styles.row} aria-label={words.dimension(i + 1)}>
            <span className={styles.wide}>
              <ExpressionField
                path={isBody(entry) ? [...path, 'of'] : path}
                label={words.of}
                paths={paths}
                value={of}
                onWrite={(text) => put(form, path, withDimension(entry, { of: text }))}
              />
            </span>
            <span className={styles.narrow}>
              <ChoiceField
                path={[...path, 'by']}
                label={words.by}
                look="in a row"
                isOptional
                shown={by}
                options={grains.map((value) => ({
                  value,
                  label: texts.insights.data.grains[value],
                }))}
                onChoose={(chosen) => put(form, path, withDimension(entry, { by: chosen }))}
              />
            </span>
            {isBody(entry) && (
              <span className={styles.narrow}>
                <TextField path={[...path, 'name']} label={words.name} look="in a row" />
              </span>
            )}
            {isBody(entry) && by !== '' && (
              <span className={styles.narrow}>
                <TextField path={[...path, 'zone']} label={words.zone} look="in a row" />
              </span>
            )}
            <EntryTools list={list} place={i} remove={words.removeDimension} />
          </fieldset>
        )
      })}
      <AddButton
        label={words.addDimension}
        onClick={() => form.change(withEntry(form.body, list, ''))}
      />
    </section>
  )
}

function Measures({ from }: { from: string }) {
  const form = useForm()
  const paths = usePaths(from)
  const list = ['build', 'measures']
  const measures = listAt(form.body, list)
  return (
    <section className={styles.group} aria-label={words.measures}>
      <h3 className={styles.title}>{words.measures}</h3>
      {measures.map((_, i) => {
        const path = [...list, i]
        const how = textAt(form.body, [...path, 'how'])
        return (
          <fieldset key={placeOf(path)} className={styles.row} aria-label={words.measure(i + 1)}>
            <span className={styles.narrow}>
              <ChoiceField
                path={[...path, 'how']}
                label={words.how}
                look="in a row"
                options={hows.map((value) => ({ value, label: words.hows[value] }))}
              />
            </span>
            {(how !== 'count' || valueAt(form.body, [...path, 'of']) !== undefined) && (
              <span className={styles.wide}>
                <ExpressionField path={[...path, 'of']} label={words.of} paths={paths} />
              </span>
            )}
            <span className={styles.narrow}>
              <TextField path={[...path, 'name']} label={words.name} look="in a row" />
            </span>
            <span className={styles.wide}>
              <TextField path={[...path, 'where']} label={words.where} look="in a row" />
            </span>
            <EntryTools list={list} place={i} remove={words.removeMeasure} />
            {how !== 'count' && how !== 'count_distinct' && (
              <ConvertFields path={[...path, 'convert']} paths={paths} />
            )}
            <FurtherFields
              path={path}
              known={['name', 'how', 'of', 'where', 'convert']}
              isOpen={false}
            />
          </fieldset>
        )
      })}
      <AddButton
        label={words.addMeasure}
        onClick={() =>
          form.change(
            withEntry(form.body, list, { name: nameOf('measure', measures), how: 'count' }),
          )
        }
      />
    </section>
  )
}

const conversions = ['from', 'to', 'day'] as const

/** Turns an amount into one currency, at the rate of its day. */
function ConvertFields({ path, paths }: { path: Path; paths: readonly string[] }) {
  const form = useForm()
  if (valueAt(form.body, path) === undefined)
    return (
      <AddButton
        label={words.addConvert}
        onClick={() => put(form, path, { from: '', to: "'EUR'", day: '' })}
      />
    )
  return (
    <div className={styles.convert}>
      <span className={shared.small}>{words.convert}</span>
      {conversions.map((name) => (
        <span key={name} className={styles.narrow}>
          <ExpressionField
            path={[...path, name]}
            label={words.conversions[name]}
            paths={name === 'to' ? [] : paths}
          />
        </span>
      ))}
      <IconButton
        label={words.removeConvert}
        icon="close"
        onClick={() => put(form, path, undefined)}
      />
    </div>
  )
}

function EntryTools({ list, place, remove }: { list: Path; place: number; remove: string }) {
  const form = useForm()
  const count = listAt(form.body, list).length
  return (
    <span className={styles.icons}>
      {([-1, 1] as const).map((by) => (
        <IconButton
          key={by}
          label={by === -1 ? words.up : words.down}
          icon={by === -1 ? 'up' : 'down'}
          isDisabled={place + by < 0 || place + by >= count}
          onClick={() => form.change(withMoved(form.body, list, place, by))}
        />
      ))}
      <IconButton
        label={remove}
        icon="close"
        onClick={() => put(form, [...list, place], undefined)}
      />
    </span>
  )
}
