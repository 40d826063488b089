import { Checkbox, Select, TextInput } from '@mantine/core'
import { useState } from 'react'
import { bodyAt, withValue } from '../../../lib/body.ts'
import { problemAt, put, useForm } from '../../../lib/form.ts'
import { texts } from '../../../lib/texts.ts'
import { ValueBox, ValuesBox } from '../../../ui/comparison.tsx'
import { AddButton, IconButton, TextField } from '../../../ui/form-inputs.tsx'
import shared from '../../../ui/lines.module.css'
import { type Parameter, parametersIn, withParameterName } from '../given.ts'
import styles from './builder.module.css'

const words = texts.segments.builder
const types = [
  'text',
  'integer',
  'decimal',
  'number',
  'boolean',
  'date',
  'timestamp',
] as const satisfies readonly (keyof typeof words.types)[]

/** Values that are given when the segment is asked for: their names, types, and what stands for them otherwise. */
export function ParametersForm() {
  const form = useForm()
  const all = parametersIn(form.body)
  const add = () =>
    form.change(withValue(form.body, ['parameters', freeName(all)], { type: 'text' }))
  if (all.length === 0) return <AddButton label={words.addParameter} onClick={add} />
  return (
    <section className={styles.section} aria-label={words.parameters}>
      <h3 className={styles.title}>{words.parameters}</h3>
      <p className={shared.quiet}>{words.parametersHelp}</p>
      {all.map((one) => (
        <ParameterFields key={one.name} of={one} others={all} />
      ))}
      <AddButton label={words.addParameter} onClick={add} />
    </section>
  )
}

function freeName(all: readonly Parameter[]): string {
  const taken = new Set(all.map(({ name }) => name))
  let number = all.length + 1
  while (taken.has(`value_${number}`)) number++
  return `value_${number}`
}

function ParameterFields({ of, others }: { of: Parameter; others: readonly Parameter[] }) {
  const form = useForm()
  const { name, type, isList, otherwise } = of
  const path = ['parameters', name]
  // What stood for another kind of value does not fit any more.
  const write = (members: object) => {
    const { default: _, ...rest } = bodyAt(form.body, path)
    put(form, path, { ...rest, ...members })
  }
  const box = {
    value: otherwise,
    type,
    label: words.otherwise,
    error: problemAt(form, [...path, 'default']),
    write: (value: unknown) => put(form, [...path, 'default'], value),
  }
  return (
    <fieldset className={styles.parameter} aria-label={`$${name}`}>
      <NameField of={of} others={others} />
      <Select
        size="xs"
        aria-label={words.type}
        allowDeselect={false}
        value={type}
        error={problemAt(form, [...path, 'type'])}
        data={types.map((value) => ({ value, label: words.types[value] }))}
        onChange={(chosen) => write({ type: chosen })}
      />
      <TextField path={[...path, 'label']} label={words.parameterLabel} look="in a row" />
      {isList ? <ValuesBox {...box} /> : <ValueBox {...box} />}
      <Checkbox
        size="xs"
        label={words.several}
        checked={isList}
        onChange={({ currentTarget: { checked } }) => write({ list: checked ? true : undefined })}
      />
      <IconButton
        label={words.removeParameter}
        icon="close"
        onClick={() => put(form, path, undefined)}
      />
    </fieldset>
  )
}

/** The name of a parameter; changed once it is whole, with all places that speak of it. */
function NameField({ of: { name }, others }: { of: Parameter; others: readonly Parameter[] }) {
  const form = useForm()
  const [typed, setTyped] = useState(name)
  const isTaken = typed !== name && others.some((one) => one.name === typed)
  const isWell = /^[a-z][a-z0-9_]*$/.test(typed) && !isTaken
  const settle = () => {
    if (!isWell) setTyped(name)
    else if (typed !== name) form.change(withParameterName(form.body, name, typed))
  }
  return (
    <TextInput
      size="xs"
      aria-label={words.parameterName}
      leftSection="$"
      value={typed}
      error={isWell ? undefined : words.parameterNameHelp}
      onChange={({ currentTarget: { value } }) => setTyped(value)}
      onBlur={settle}
      onKeyDown={({ key }) => key === 'Enter' && settle()}
      spellCheck={false}
    />
  )
}
