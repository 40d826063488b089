import { NumberInput, Select, TagsInput, TextInput } from '@mantine/core'
import type { SubjectsAnswer } from '@tessera/platform/contract'
import { bodyAt, type Path, textAt, valueAt } from '../lib/body.ts'
import { problemAt, put, useForm, withCurrent } from '../lib/form.ts'
import { texts } from '../lib/texts.ts'
import { isNumeric, listOf, plainOf } from '../lib/values.ts'
import styles from './comparison.module.css'
import { ChoiceField } from './form-inputs.tsx'

const words = texts.segments.builder

/** What can stand for a value and is given later, such as `$city`. */
export interface StandIn {
  readonly name: string
  readonly label: string
  readonly type: string
  readonly isList: boolean
}

/** A comparison: where it stands, and the type of what is compared. */
export interface ComparisonProps {
  readonly path: Path
  readonly type: string | undefined
  /** The comparisons that there are for each type, and what each takes. */
  readonly means: Pick<SubjectsAnswer, 'operators' | 'takes'>
  readonly standIns?: readonly StandIn[]
}

/** How a value is compared, and with what: the comparisons that fit its type, and boxes for what each takes. */
export function ComparisonFields({ path, type, means, standIns = [] }: ComparisonProps) {
  const form = useForm()
  const op = textAt(form.body, [...path, 'op'])
  const { operators, takes } = means
  const fitting = type === undefined ? [] : (operators[type] ?? [])
  const choose = (chosen: string | undefined) => {
    const { op: _, value, unit, ...rest } = bodyAt(form.body, path)
    const isSame = takes[chosen ?? ''] === takes[op]
    const kept = isSame ? { value, unit } : unitFor(takes[chosen ?? ''])
    put(form, path, { ...rest, op: chosen, ...kept })
  }
  return (
    <>
      <span className={styles.op}>
        <ChoiceField
          path={[...path, 'op']}
          label={words.op}
          look="in a row"
          options={fitting.map((value) => ({
            value,
            label: texts.segments.operators[value] ?? value,
          }))}
          onChoose={choose}
        />
      </span>
      <Values path={path} type={type} takes={takes[op] ?? 'one'} standIns={standIns} />
    </>
  )
}

const unitFor = (takes: string | undefined) =>
  takes === 'span' || takes === 'unit' ? { unit: 'day' } : {}

interface ValueProps {
  readonly path: Path
  readonly type: string | undefined
  readonly standIns: readonly StandIn[]
}

function Values({ path, type, takes, standIns }: ValueProps & { takes: string }) {
  const value = [...path, 'value']
  switch (takes) {
    case 'nothing':
      return null
    case 'two':
      return (
        <>
          <OneValue path={[...value, 0]} type={type} label={words.from} standIns={standIns} />
          <OneValue path={[...value, 1]} type={type} label={words.to} standIns={standIns} />
        </>
      )
    case 'several':
      return <SeveralValues path={value} type={type} standIns={standIns} />
    case 'unit':
      return <UnitField path={path} />
    case 'span':
      return (
        <>
          <OneValue path={value} type="integer" label={words.amount} standIns={standIns} />
          <UnitField path={path} />
        </>
      )
    case 'one':
      return <OneValue path={value} type={type} label={words.value} standIns={standIns} />
    default:
      // A number of days, a day of the month, a month or a year; of the last three also several.
      return takes === 'days' ? (
        <OneValue path={value} type="integer" label={words.amount} standIns={standIns} />
      ) : (
        <SeveralValues path={value} type="integer" standIns={standIns} />
      )
  }
}

const units = ['day', 'week', 'month', 'quarter', 'year'] as const

/** A unit of the calendar. */
export function UnitField({
  path,
  of = units,
}: {
  path: Path
  of?: readonly (keyof typeof words.units)[]
}) {
  return (
    <span className={styles.unit}>
      <ChoiceField
        path={[...path, 'unit']}
        label={words.unit}
        look="in a row"
        options={of.map((value) => ({ value, label: words.units[value] }))}
      />
    </span>
  )
}

/** A box for one value of a type, or for several. */
export interface BoxProps {
  readonly value: unknown
  readonly type: string | undefined
  readonly label: string
  readonly error: string | undefined
  readonly write: (value: unknown) => void
}

/** One value, asked for as what it is; a parameter such as `$city` may stand in its place. */
function OneValue({ path, type, label, standIns }: ValueProps & { label: string }) {
  const form = useForm()
  const value = valueAt(form.body, path)
  const isParameter = typeof value === 'string' && value.startsWith('$')
  const box: BoxProps = {
    value,
    type: isParameter ? 'text' : type,
    label,
    error: problemAt(form, path),
    write: (next) => put(form, path, next),
  }
  return (
    <>
      <StandInField {...box} type={type} standIns={standIns} />
      {!isParameter && <ValueBox {...box} />}
    </>
  )
}

/** A box that fits the type of a value. */
export function ValueBox(props: BoxProps) {
  if (props.type === 'boolean') return <YesNoBox {...props} />
  return isNumeric(props.type) ? <NumberBox {...props} /> : <TextBox {...props} />
}

/** Whether a value is written here, or which parameter stands for it; only where there are parameters. */
function StandInField({
  value,
  type,
  error,
  write,
  standIns,
}: BoxProps & Pick<ValueProps, 'standIns'>) {
  const fitting = standIns.filter((one) => !one.isList && isNumeric(one.type) === isNumeric(type))
  const chosen = typeof value === 'string' && value.startsWith('$') ? value : ''
  if (fitting.length === 0 && chosen === '') return null
  const known = fitting.map(({ name, label }) => ({ value: `$${name}`, label }))
  return (
    <Select
      aria-label={words.standsIn}
      size="xs"
      className={styles.value ?? ''}
      error={chosen === '' ? undefined : error}
      allowDeselect={false}
      data={[{ value: '', label: words.written }, ...withCurrent(known, chosen)]}
      value={chosen}
      onChange={(next) => write(next === null || next === '' ? undefined : next)}
    />
  )
}

function YesNoBox({ value, label, error, write }: BoxProps) {
  return (
    <Select
      aria-label={label}
      placeholder={label}
      size="xs"
      error={error}
      className={styles.value ?? ''}
      data={[
        { value: 'true', label: words.yes },
        { value: 'false', label: words.no },
      ]}
      value={value === undefined ? null : String(value)}
      onChange={(chosen) => write(chosen === null ? undefined : chosen === 'true')}
    />
  )
}

function NumberBox({ value, type, label, error, write }: BoxProps) {
  return (
    <NumberInput
      aria-label={label}
      placeholder={label}
      size="xs"
      error={error}
      className={styles.number ?? ''}
      value={typeof value === 'number' || typeof value === 'string' ? value : ''}
      onChange={(next) => write(next === '' ? undefined : plainOf(next, type))}
      hideControls
    />
  )
}

function TextBox({ value, type, label, error, write }: BoxProps) {
  return (
    <TextInput
      aria-label={label}
      placeholder={type === 'timestamp' ? words.time : label}
      size="xs"
      error={error}
      className={styles.value ?? ''}
      type={type === 'date' ? 'date' : 'text'}
      value={value === undefined ? '' : String(value)}
      onChange={({ currentTarget }) =>
        write(currentTarget.value === '' ? undefined : currentTarget.value)
      }
      spellCheck={false}
    />
  )
}

/** A box for several values. */
export function ValuesBox({
  value,
  type,
  label,
  error,
  write,
  suggestions = [],
}: BoxProps & { suggestions?: readonly string[] }) {
  return (
    <TagsInput
      aria-label={label}
      placeholder={label}
      className={styles.value ?? ''}
      size="xs"
      value={listOf(value)}
      error={error}
      data={[...suggestions]}
      onChange={(next) =>
        write(next.length === 0 ? undefined : next.map((one) => plainOf(one, type)))
      }
    />
  )
}

function SeveralValues({ path, type, standIns }: ValueProps) {
  const form = useForm()
  return (
    <ValuesBox
      value={valueAt(form.body, path)}
      type={type}
      label={words.values}
      error={problemAt(form, path)}
      suggestions={standIns.map(({ name }) => `$${name}`)}
      write={(next) => put(form, path, next)}
    />
  )
}
