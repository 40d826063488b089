import {
  ActionIcon,
  Button,
  Checkbox,
  NumberInput,
  Select,
  TagsInput,
  Textarea,
  TextInput,
} from '@mantine/core'
import { useState } from 'react'
import { bodyAt, numberAt, type Path, textAt, textsAt, valueAt } from '../lib/body.ts'
import {
  fieldOptions,
  inWords,
  type Option,
  problemAt,
  put,
  schemaOf,
  useForm,
  withCurrent,
} from '../lib/form.ts'
import { aboutIn, choicesIn, membersAt, plainTypeIn } from '../lib/schema.ts'
import { texts } from '../lib/texts.ts'
import styles from './editor.module.css'
import { Icon, type IconName } from './icons.tsx'
import shared from './lines.module.css'

const words = texts.editor

/** How a member is asked for: by a label above it, or, in a row of many, by one that only is read aloud. */
interface InputProps {
  readonly path: Path
  readonly label: string
  readonly look?: 'in a row'
}

const labelled = ({ label, look }: InputProps) =>
  look === 'in a row' ? { 'aria-label': label, placeholder: label } : { label }

/** A text of a definition. */
export function TextField(props: InputProps) {
  const form = useForm()
  return (
    <TextInput
      {...labelled(props)}
      size="xs"
      value={textAt(form.body, props.path)}
      error={problemAt(form, props.path)}
      onChange={({ currentTarget: { value } }) =>
        put(form, props.path, value === '' ? undefined : value)
      }
      spellCheck={false}
    />
  )
}

/** A text of a definition that may have several lines. */
export function AreaField(props: InputProps & { readonly hint?: string | undefined }) {
  const form = useForm()
  return (
    <Textarea
      {...labelled(props)}
      {...(props.hint === undefined ? {} : { description: props.hint })}
      size="xs"
      autosize
      minRows={2}
      maxRows={14}
      value={textAt(form.body, props.path)}
      error={problemAt(form, props.path)}
      onChange={({ currentTarget: { value } }) =>
        put(form, props.path, value === '' ? undefined : value)
      }
      spellCheck={false}
    />
  )
}

/** One of several words of a definition. */
export function ChoiceField({
  options,
  isOptional = false,
  shown = '',
  onChoose,
  ...props
}: InputProps & {
  options: readonly Option[]
  isOptional?: boolean
  /** What holds where nothing is said. */
  shown?: string
  /** What a choice means, where it means more than a word in its place. */
  onChoose?: (value: string | undefined) => void
}) {
  const form = useForm()
  const choose = onChoose ?? ((chosen) => put(form, props.path, chosen))
  const value = textAt(form.body, props.path) || shown
  return (
    <Select
      {...labelled(props)}
      size="xs"
      value={value === '' ? null : value}
      error={problemAt(form, props.path)}
      data={[...withCurrent(options, value)]}
      searchable={options.length > 8}
      clearable={isOptional}
      allowDeselect={isOptional}
      onChange={(chosen) => choose(chosen ?? undefined)}
    />
  )
}

/** A number of a definition. */
export function NumberField({ hint, ...props }: InputProps & { hint?: string | undefined }) {
  const form = useForm()
  // What is no number yet, such as `0.`, is on its way to one.
  const [typed, setTyped] = useState('')
  return (
    <NumberInput
      {...labelled(props)}
      {...(hint === undefined ? {} : { placeholder: hint })}
      size="xs"
      value={typed === '' ? (numberAt(form.body, props.path) ?? '') : typed}
      error={problemAt(form, props.path)}
      onChange={(value) => {
        setTyped(typeof value === 'number' ? '' : value)
        put(form, props.path, typeof value === 'number' ? value : undefined)
      }}
      onBlur={() => setTyped('')}
    />
  )
}

/** Several texts of a definition. */
export function TextsField({
  suggestions = [],
  ...props
}: InputProps & { suggestions?: readonly string[] }) {
  const form = useForm()
  return (
    <TagsInput
      {...labelled(props)}
      size="xs"
      value={textsAt(form.body, props.path)}
      error={problemAt(form, props.path)}
      data={[...suggestions]}
      onChange={(value) => put(form, props.path, value.length === 0 ? undefined : value)}
    />
  )
}

/** Yes or no in a definition; `usual` is what holds where nothing is said. */
export function FlagField({ usual, ...props }: InputProps & { usual: 'yes' | 'no' }) {
  const form = useForm()
  const value = valueAt(form.body, props.path)
  return (
    <Checkbox
      label={props.label}
      size="xs"
      checked={typeof value === 'boolean' ? value : usual === 'yes'}
      error={problemAt(form, props.path)}
      onChange={({ currentTarget: { checked } }) => put(form, props.path, checked)}
    />
  )
}

const answers = ['yes', 'no'] as const

/** Yes, no, or nothing said, so that what is usual holds. */
export function YesNoField({ path, label }: InputProps) {
  const form = useForm()
  const value = valueAt(form.body, path)
  const said = value === true ? 'yes' : 'no'
  return (
    <Select
      label={label}
      size="xs"
      placeholder={words.asUsual}
      clearable
      value={typeof value === 'boolean' ? said : null}
      error={problemAt(form, path)}
      data={answers.map((answer) => ({ value: answer, label: words.answers[answer] }))}
      onChange={(chosen) => put(form, path, chosen === null ? undefined : chosen === 'yes')}
    />
  )
}

/** A button with a picture alone. */
export function IconButton({
  label,
  icon,
  isDisabled = false,
  onClick,
}: {
  label: string
  icon: IconName
  isDisabled?: boolean
  onClick: () => void
}) {
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      aria-label={label}
      title={label}
      disabled={isDisabled}
      onClick={onClick}
    >
      <Icon name={icon} size={14} />
    </ActionIcon>
  )
}

/** Adds something to a list. */
export function AddButton({ label, onClick }: { label: string; onClick: () => void }) {
  return (
    <span>
      <Button size="compact-xs" variant="default" onClick={onClick}>
        {label}
      </Button>
    </span>
  )
}

/** Which members a form has no place of its own for, in which part of a definition. */
interface FurtherProps {
  readonly path: Path
  readonly known: readonly string[]
}

/** Members that a form has no place for: those that fit into a box, and those that are too large and stay as they are. */
function useFurther({ path, known }: FurtherProps) {
  const form = useForm()
  const there = bodyAt(form.body, path)
  const boxed = [...membersAt(form.schema, path)]
    .filter(([name, member]) => !known.includes(name) && !isDefinitionName(name) && isBoxed(member))
    .map(([name]) => name)
  const large = Object.keys(there).filter((name) => !known.includes(name) && !boxed.includes(name))
  return { boxed, large, isSet: (name: string) => there[name] !== undefined }
}

/** Opens the members that a form has no place of its own for; nothing where there are none to set. */
export function MoreButton({
  isOpen,
  onToggle,
  ...of
}: FurtherProps & { isOpen: boolean; onToggle: () => void }) {
  const { boxed, isSet } = useFurther(of)
  if (boxed.every(isSet)) return <span />
  return (
    <Button
      size="compact-xs"
      variant="subtle"
      color="gray"
      aria-expanded={isOpen}
      aria-label={isOpen ? words.fewer : words.more}
      title={isOpen ? words.fewer : words.more}
      onClick={onToggle}
    >
      …
    </Button>
  )
}

/**
 * Members that a form has no place of its own for. Those that the server's schema tells of are asked for as what they
 * are, if they are set or one looks for more; what is too large for a box is named, and stays as it is.
 */
export function FurtherFields({
  isOpen,
  object,
  ...of
}: FurtherProps & {
  isOpen: boolean
  /** The object whose fields a member may name. */
  object?: string
}) {
  const { boxed, large, isSet } = useFurther(of)
  const shown = boxed.filter((name) => isOpen || isSet(name))
  if (shown.length + large.length === 0) return null
  return (
    <div className={styles.further}>
      {shown.map((name) => (
        <FurtherField key={name} path={of.path} name={name} {...(object ? { object } : {})} />
      ))}
      {large.length > 0 && (
        <span className={shared.small}>
          {words.others}: {large.map((name) => name.replaceAll('_', ' ')).join(', ')}
        </span>
      )}
    </div>
  )
}

// The names of a definition are not a part of its body.
const isDefinitionName = (name: string): boolean => name === 'kind' || name === 'key'

const isBoxed = (member: Parameters<typeof plainTypeIn>[0]): boolean =>
  choicesIn(member).length > 0 || plainTypeIn(member) !== undefined

function FurtherField({ path, name, object }: { path: Path; name: string; object?: string }) {
  const form = useForm()
  const member = schemaOf(form, path, name) ?? {}
  const props = { path: [...path, name], label: inWords(name) }
  const choices = choicesIn(member)
  const about = aboutIn(member)
  const input = () => {
    if (choices.length > 0)
      return (
        <ChoiceField
          {...props}
          isOptional
          options={choices.map((value) => ({ value, label: inWords(value) }))}
        />
      )
    const type = plainTypeIn(member)
    if (type === 'number') return <NumberField {...props} />
    if (type === 'flag') return <YesNoField {...props} />
    if (object !== undefined)
      return <ChoiceField {...props} isOptional options={fieldOptions(form, object)} />
    return <TextField {...props} />
  }
  return (
    <div className={styles.furtherField}>
      {input()}
      {about !== undefined && <span className={shared.small}>{about}</span>}
    </div>
  )
}
