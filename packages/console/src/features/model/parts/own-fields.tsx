import { Button, TextInput } from '@mantine/core'
import { useState } from 'react'
import { bodyAt, textAt, withValue } from '../../../lib/body.ts'
import { type Option, problemAt, schemaOf, useForm } from '../../../lib/form.ts'
import { choicesIn } from '../../../lib/schema.ts'
import { texts } from '../../../lib/texts.ts'
import editor from '../../../ui/editor.module.css'
import {
  ChoiceField,
  FurtherFields,
  IconButton,
  MoreButton,
  TextField,
} from '../../../ui/form-inputs.tsx'
import shared from '../../../ui/lines.module.css'
import { namedWrongly, withFieldAdded, withFieldRenamed, withoutField } from '../own.ts'
import styles from './model.module.css'

const words = texts.model.form

/** The fields of an object, to be added, changed, and taken away where nothing uses them. */
export function OwnFields({
  title,
  usersOf,
}: {
  title: string
  usersOf: (field: string) => readonly string[]
}) {
  const form = useForm()
  const names = Object.keys(bodyAt(form.body, ['fields']))
  const said = problemAt(form, ['fields'])
  return (
    <fieldset className={editor.group}>
      <legend className={editor.legend}>{title}</legend>
      {said !== undefined && (
        <p role="alert" className={shared.bad}>
          {said}
        </p>
      )}
      {names.length === 0 && <p className={shared.quiet}>{words.none}</p>}
      {names.map((name, i) => {
        // A field keeps its place when it is renamed, and with it the focus.
        const place = `field ${i}`
        return <OwnField key={place} name={name} users={usersOf(name)} />
      })}
      <NewField />
    </fieldset>
  )
}

const known = ['type', 'label', 'links_to', 'cardinality']

function OwnField({ name, users }: { name: string; users: readonly string[] }) {
  const form = useForm()
  const [isOpen, setOpen] = useState(false)
  const path = ['fields', name]
  const isId = name === 'id'
  const types = choicesIn(schemaOf(form, path, 'type'))
  const said = users.join(', ')
  const removeWords = users.length > 0 ? words.inUse(name, said) : words.remove(name)
  return (
    <fieldset className={styles.field} aria-label={name}>
      <TextField path={[...path, 'label']} label={words.fieldLabel} look="in a row" />
      <KeyField name={name} isFixed={isId} />
      <ChoiceField
        path={[...path, 'type']}
        label={words.type}
        look="in a row"
        options={(isId ? ['text'] : types).map((value) => ({ value, label: value }))}
      />
      {isId ? <span /> : <LinkField name={name} />}
      <span className={editor.icons}>
        <MoreButton path={path} known={known} isOpen={isOpen} onToggle={() => setOpen(!isOpen)} />
        {!isId && (
          <IconButton
            label={removeWords}
            icon="close"
            isDisabled={users.length > 0}
            onClick={() => form.change(withoutField(form.body, name))}
          />
        )}
      </span>
      {textAt(form.body, [...path, 'links_to']) !== '' && (
        <div className={styles.more}>
          <ChoiceField
            path={[...path, 'cardinality']}
            label={words.cardinality}
            isOptional
            options={(['many_to_one', 'one_to_one'] as const).map((value) => ({
              value,
              label: words.cardinalities[value],
            }))}
          />
        </div>
      )}
      <FurtherFields path={path} known={known} isOpen={isOpen} />
      {isId && <span className={styles.more}>{words.idAbout}</span>}
      {users.length > 0 && <span className={styles.more}>{words.usedBy(said)}</span>}
    </fieldset>
  )
}

/** The name of a field in definitions and SQL; taken over when one has written it to its end. */
function KeyField({ name, isFixed }: { name: string; isFixed: boolean }) {
  const form = useForm()
  const [typed, setTyped] = useState(name)
  const [last, setLast] = useState(name)
  // It was renamed elsewhere: by a step back, or in the text.
  if (name !== last) {
    setLast(name)
    setTyped(name)
  }
  const wrong = namedWrongly(form.body, name, typed)
  const rename = () => {
    if (typed === '') setTyped(name)
    else if (typed !== name && wrong === undefined)
      form.change(withFieldRenamed(form.body, name, typed))
  }
  return (
    <TextInput
      size="xs"
      aria-label={words.fieldKey}
      placeholder={words.fieldKey}
      classNames={{ input: styles.key ?? '' }}
      value={typed}
      disabled={isFixed}
      error={wrong === undefined ? problemAt(form, ['fields', name]) : wrongWords(wrong, typed)}
      onChange={({ currentTarget: { value } }) => setTyped(value)}
      onBlur={rename}
      onKeyDown={({ key }) => key === 'Enter' && rename()}
      spellCheck={false}
    />
  )
}

const wrongWords = (wrong: 'taken' | 'numbers', name: string): string =>
  wrong === 'taken' ? words.taken(name) : words.numbers

/** The object that a field leads to: it holds the ids of its rows, which are text. */
function LinkField({ name }: { name: string }) {
  const form = useForm()
  const path = ['fields', name, 'links_to']
  const options: readonly Option[] = form.objects.map(({ key, label }) => ({ value: key, label }))
  const choose = (to: string | undefined) => {
    const linked = withValue(form.body, path, to)
    form.change(
      to === undefined
        ? withValue(linked, ['fields', name, 'cardinality'], undefined)
        : withValue(linked, ['fields', name, 'type'], 'text'),
    )
  }
  return (
    <ChoiceField
      path={path}
      label={words.linksTo}
      look="in a row"
      isOptional
      options={options}
      onChoose={choose}
    />
  )
}

function NewField() {
  const form = useForm()
  const [label, setLabel] = useState('')
  const add = () => {
    if (label.trim() === '') return
    form.change(withFieldAdded(form.body, label))
    setLabel('')
  }
  return (
    <div className={styles.adding}>
      <TextInput
        size="xs"
        aria-label={words.newField}
        placeholder={words.newField}
        value={label}
        onChange={({ currentTarget: { value } }) => setLabel(value)}
        onKeyDown={({ key }) => key === 'Enter' && add()}
      />
      <Button size="xs" variant="default" disabled={label.trim() === ''} onClick={add}>
        {words.add}
      </Button>
    </div>
  )
}
