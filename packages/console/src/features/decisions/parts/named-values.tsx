import { Select, TextInput } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { type Body, bodyAt, type Path } from '../../../lib/body.ts'
import { problemAt, put, useForm } from '../../../lib/form.ts'
import { texts } from '../../../lib/texts.ts'
import editor from '../../../ui/editor.module.css'
import { AddButton, IconButton } from '../../../ui/form-inputs.tsx'
import shared from '../../../ui/lines.module.css'
import styles from './decisions.module.css'

const words = texts.decisions.form

interface FieldsProps {
  readonly path: Path
  readonly label: string
}

/** What a page gets: names with plain values; a value that is no text or number stays as it is. */
export const PayloadFields = (props: FieldsProps) => (
  <NamedValues {...props} begun="">
    {(value, error, write) =>
      typeof value === 'string' || typeof value === 'number' ? (
        <TextInput
          size="xs"
          aria-label={words.value}
          placeholder={words.value}
          value={String(value)}
          error={error}
          onChange={({ currentTarget }) => write(likeIt(value, currentTarget.value))}
        />
      ) : (
        <span className={shared.small}>
          <code>{JSON.stringify(value)}</code> {words.other}
        </span>
      )
    }
  </NamedValues>
)

/** A number stays one as long as one is written. */
const likeIt = (value: string | number, written: string): string | number =>
  typeof value === 'number' && written.trim() !== '' && Number.isFinite(Number(written))
    ? Number(written)
    : written

const types = ['text', 'integer', 'number', 'boolean', 'date', 'timestamp'] as const

/** What whoever asks may tell: names with their types. */
export const ContextFields = (props: FieldsProps) => (
  <NamedValues {...props} begun="text">
    {(value, error, write) => (
      <Select
        size="xs"
        aria-label={words.type}
        allowDeselect={false}
        value={typeof value === 'string' ? value : null}
        error={error}
        data={[...new Set([...types, ...(typeof value === 'string' ? [value] : [])])]}
        onChange={(chosen) => write(chosen ?? 'text')}
      />
    )}
  </NamedValues>
)

/** Names with values, in the order in which they stand. */
function NamedValues({
  path,
  label,
  begun,
  children,
}: FieldsProps & {
  begun: string
  children: (
    value: unknown,
    error: string | undefined,
    write: (value: unknown) => void,
  ) => ReactNode
}) {
  const form = useForm()
  const members = Object.entries(bodyAt(form.body, path))
  const keep = (next: readonly (readonly [string, unknown])[]) =>
    put(form, path, next.length === 0 ? undefined : Object.fromEntries(next))
  return (
    <fieldset className={styles.rows}>
      <legend className={editor.subtitle}>{label}</legend>
      {members.map(([name, value], i) => (
        // A value is known by its place while its name is written.
        <div key={i} className={styles.pair}>
          <NameField
            name={name}
            isTaken={(other) => other !== name && members.some(([known]) => known === other)}
            write={(renamed) => keep(members.with(i, [renamed, value]))}
          />
          {children(value, problemAt(form, [...path, name]), (next) =>
            keep(members.with(i, [name, next])),
          )}
          <IconButton
            label={words.remove}
            icon="close"
            onClick={() => keep(members.toSpliced(i, 1))}
          />
        </div>
      ))}
      <AddButton
        label={begun === '' ? words.addValue : words.addContext}
        onClick={() => keep([...members, [freeName(bodyAt(form.body, path)), begun]])}
      />
    </fieldset>
  )
}

/** The name of a value; one that another value has may be on the way to a longer one, and is not written. */
function NameField({
  name,
  isTaken,
  write,
}: {
  name: string
  isTaken: (name: string) => boolean
  write: (name: string) => void
}) {
  const [typed, setTyped] = useState<string>()
  return (
    <TextInput
      size="xs"
      aria-label={words.name}
      placeholder={words.name}
      value={typed ?? name}
      error={typed === undefined ? undefined : words.taken}
      onChange={({ currentTarget: { value } }) => {
        const isRefused = isTaken(value)
        setTyped(isRefused ? value : undefined)
        if (!isRefused) write(value)
      }}
      onBlur={() => setTyped(undefined)}
      spellCheck={false}
    />
  )
}

/** A name that nothing has yet. */
function freeName(of: Body): string {
  const names = Array.from({ length: Object.keys(of).length + 1 }, (_, i) => `value_${i + 1}`)
  return names.find((name) => !(name in of)) ?? ''
}
