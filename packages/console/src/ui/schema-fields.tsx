import { Select, TextInput } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { type Body, bodyAt, listAt, type Path, valueAt, withEntry } from '../lib/body.ts'
import { inWords, problemAt, put, useForm } from '../lib/form.ts'
import { aboutIn, choicesIn } from '../lib/schema.ts'
import {
  chosenOf,
  isRequired,
  membersOf,
  namedIn,
  nameOf,
  optionsOf,
  type Shape,
  shapeOf,
  startOf,
} from '../lib/schema-shape.ts'
import { isLongText } from '../lib/settings.ts'
import { texts } from '../lib/texts.ts'
import styles from './editor.module.css'
import {
  AddButton,
  AreaField,
  ChoiceField,
  IconButton,
  NumberField,
  TextField,
  TextsField,
  YesNoField,
} from './form-inputs.tsx'
import shared from './lines.module.css'
import { SecretField } from './secret-field.tsx'

const words = texts.editor

/** What one thing of a schema is asked with: where it stands, what it is called, and what it may be. */
interface FieldProps {
  readonly path: Path
  readonly label: string
  readonly schema: Body
}

/** Everything that a schema asks for, however deep: small things side by side, parts below one another. */
export function SchemaFields({ path, schema }: { path: Path; schema: Body }): ReactNode {
  const all = membersOf(schema).map(([name, member]) => ({
    path: [...path, name],
    label: inWords(name),
    schema: member,
    isRequired: isRequired(schema, name),
    isSmall: isSmall(name, member),
  }))
  const small = all.filter((one) => one.isSmall)
  return (
    <>
      {small.length > 0 && (
        <div className={styles.further}>
          {small.map(({ isSmall: _, isRequired: __, ...one }) => (
            <div key={one.label} className={styles.furtherField}>
              <SchemaField {...one} />
              <About schema={one.schema} />
            </div>
          ))}
        </div>
      )}
      {all
        .filter((one) => !one.isSmall)
        .map(({ isSmall: _, ...one }) => (
          <LargeField key={one.label} {...one} />
        ))}
    </>
  )
}

const inBoxes: readonly (Shape | undefined)[] = ['choice', 'number', 'flag', 'text', 'texts']

const isSmall = (name: string, schema: Body): boolean =>
  inBoxes.includes(shapeOf(schema)) && !isLongText(name)

/** What needs a line of its own: a part with members is opened where it has to be there or is. */
function LargeField({ isRequired: isNeeded, ...props }: FieldProps & { isRequired: boolean }) {
  const form = useForm()
  const { path, label, schema } = props
  const shape = shapeOf(schema)
  if (shape === undefined) return null
  if (shape === 'text') return <AreaField path={path} label={label} hint={aboutIn(schema)} />
  if (shape === 'secret') return <SecretField path={path} label={label} />
  const isOpen = isNeeded || valueAt(form.body, path) !== undefined
  return (
    <details className={styles.part} open={isOpen}>
      <summary className={styles.partName}>{label}</summary>
      <fieldset aria-label={label} className={styles.partBody}>
        <About schema={schema} />
        <SchemaField {...props} />
      </fieldset>
    </details>
  )
}

function About({ schema }: { schema: Body }) {
  const about = aboutIn(schema)
  return about === undefined ? null : <span className={shared.small}>{about}</span>
}

const fields: Readonly<Record<Shape, (props: FieldProps) => ReactNode>> = {
  secret: ({ path, label }) => <SecretField path={path} label={label} />,
  choice: ({ path, label, schema }) => (
    <ChoiceField
      path={path}
      label={label}
      isOptional
      options={choicesIn(schema).map((value) => ({ value, label: inWords(value) }))}
    />
  ),
  number: ({ path, label }) => <NumberField path={path} label={label} />,
  flag: ({ path, label }) => <YesNoField path={path} label={label} />,
  text: ({ path, label }) => <TextField path={path} label={label} />,
  texts: ({ path, label }) => <TextsField path={path} label={label} />,
  'one of': (props) => <OneOf {...props} />,
  members: ({ path, schema }) => <SchemaFields path={path} schema={schema} />,
  named: (props) => <Named {...props} />,
  list: (props) => <Listed {...props} />,
}

function SchemaField(props: FieldProps): ReactNode {
  const shape = shapeOf(props.schema)
  return shape === undefined ? <Anything {...props} /> : fields[shape](props)
}

/** What may be anything is written as a text; what is there and no text stays as it is. */
function Anything({ path, label }: FieldProps) {
  const value = valueAt(useForm().body, path)
  if (value === undefined || typeof value === 'string')
    return <TextField path={path} label={label} />
  return <code>{JSON.stringify(value)}</code>
}

function OneOf({ path, label, schema }: FieldProps) {
  const form = useForm()
  const options = optionsOf(schema)
  const chosen = chosenOf(options, valueAt(form.body, path))
  return (
    <>
      <Select
        size="xs"
        w={260}
        label={words.kindOf(label)}
        clearable
        value={chosen ? String(options.indexOf(chosen)) : null}
        data={options.map((option, i) => ({ value: String(i), label: inWords(nameOf(option)) }))}
        error={problemAt(form, path)}
        onChange={(place) => {
          const next = place === null ? undefined : options[Number(place)]
          put(form, path, next && startOf(next))
        }}
      />
      {chosen && <SchemaField path={path} label={label} schema={chosen} />}
    </>
  )
}

function Named({ path, label, schema }: FieldProps) {
  const form = useForm()
  const [name, setName] = useState('')
  const there = Object.keys(bodyAt(form.body, path))
  const of = namedIn(schema)
  const isNew = name.trim() !== '' && !there.includes(name.trim())
  const add = () => {
    if (!isNew) return
    put(form, [...path, name.trim()], startOf(of))
    setName('')
  }
  return (
    <>
      {there.map((one) => (
        <Entry key={one} path={[...path, one]} label={one} schema={of} />
      ))}
      <Problem path={path} />
      <div className={styles.addLine}>
        <TextInput
          size="xs"
          aria-label={words.nameIn(label)}
          placeholder={words.nameIn(label)}
          value={name}
          onChange={({ currentTarget }) => setName(currentTarget.value)}
          onKeyDown={({ key }) => key === 'Enter' && add()}
          spellCheck={false}
        />
        <AddButton label={words.add} onClick={add} />
      </div>
    </>
  )
}

function Listed({ path, label, schema }: FieldProps) {
  const form = useForm()
  const of = schema['items'] as Body
  return (
    <>
      {listAt(form.body, path).map((_, i) => (
        <Entry
          // Entries have no name but their place.
          key={`${label} ${i + 1}`}
          path={[...path, i]}
          label={`${label} ${i + 1}`}
          schema={of}
        />
      ))}
      <Problem path={path} />
      <AddButton
        label={words.add}
        onClick={() => form.change(withEntry(form.body, path, startOf(of)))}
      />
    </>
  )
}

function Entry(props: FieldProps) {
  const form = useForm()
  return (
    <fieldset aria-label={props.label} className={styles.partEntry}>
      <div className={styles.partBody}>
        {isSmall('', props.schema) || <span className={styles.subtitle}>{props.label}</span>}
        <SchemaField {...props} />
      </div>
      <IconButton
        label={words.takeAway(props.label)}
        icon="close"
        onClick={() => put(form, props.path, undefined)}
      />
    </fieldset>
  )
}

function Problem({ path }: { path: Path }) {
  const form = useForm()
  const problem = problemAt(form, path)
  return problem === undefined ? null : (
    <span role="alert" className={shared.bad}>
      {problem}
    </span>
  )
}
