import { Button, Select } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { type AskedOf, askedBy, asking, comparisonOf, without } from '../lib/asked.ts'
import { type Body, bodyAt, type Path, placeOf, valueAt, withValue } from '../lib/body.ts'
import {
  kindOf,
  partsAt,
  withAdded,
  withJoining,
  withUnwrapped,
  withWrapped,
} from '../lib/condition.ts'
import { type Option, problemAt, useForm } from '../lib/form.ts'
import { subjectsQuery } from '../lib/subjects.ts'
import { texts } from '../lib/texts.ts'
import row from './comparison.module.css'
import { ComparisonFields } from './comparison.tsx'
import styles from './conditions.module.css'
import editor from './editor.module.css'
import { AddButton, ChoiceField, IconButton } from './form-inputs.tsx'
import shared from './lines.module.css'
import { Say } from './say.tsx'

const words = texts.actions.form.conditions

/** Something that can be asked, and the type of its values; what has none is true or false by itself. */
export interface AskedField extends Option {
  readonly type: string | undefined
}

interface Asked {
  /** Where the conditions begin. */
  readonly root: Path
  readonly fields: readonly AskedField[]
  readonly of: AskedOf
}

type NodeProps = Asked & { readonly path: Path }

const begun: Body = { field: '', op: '=' }

/** Conditions on what happened or on the person, in groups if one likes; what this form does not know stays as it is. */
export function ConditionsForm({
  path,
  label,
  fields,
  of = 'what happened',
}: {
  path: Path
  label: string
  fields: readonly AskedField[]
  of?: AskedOf
}) {
  const form = useForm()
  const root = valueAt(form.body, path)
  const isGroup = ['all', 'any'].includes(kindOf(root))
  const said = problemAt(form, path)
  return (
    <fieldset className={styles.conditions}>
      <legend className={editor.subtitle}>{label}</legend>
      {said !== undefined && <p className={shared.bad}>{said}</p>}
      {root !== undefined && <Node root={path} path={path} fields={fields} of={of} />}
      {!isGroup && <AddConditions path={path} />}
    </fieldset>
  )
}

function Node(props: NodeProps) {
  const { path } = props
  const kind = kindOf(valueAt(useForm().body, path))
  if (kind === 'all' || kind === 'any') return <Group {...props} />
  if (kind === 'not')
    return (
      <div className={styles.denied}>
        <div className={styles.condition}>
          <strong>{words.not}</strong>
          <Tools {...props} />
        </div>
        <Node {...props} path={[...path, 'not']} />
      </div>
    )
  return <Leaf {...props} />
}

/** Conditions that are joined one way. */
function Group(props: NodeProps) {
  const { root, path } = props
  const form = useForm()
  const joining = kindOf(valueAt(form.body, path))
  const parts = partsAt(form.body, path)
  const isInside = path.length > root.length
  return (
    <div className={isInside ? styles.group : styles.conditions} data-place={placeOf(path)}>
      {(parts.length > 1 || isInside) && (
        <div className={styles.condition}>
          <Select
            size="xs"
            aria-label={words.joining}
            allowDeselect={false}
            className={row.what ?? ''}
            value={joining}
            data={(['all', 'any'] as const).map((value) => ({
              value,
              label: words.joinings[value],
            }))}
            onChange={(chosen) =>
              form.change(withJoining(form.body, path, chosen === 'any' ? 'any' : 'all').body)
            }
          />
          {isInside && <Tools {...props} />}
        </div>
      )}
      {parts.map((part) => (
        <Node key={placeOf(part)} {...props} path={part} />
      ))}
      <AddConditions path={path} />
    </div>
  )
}

/** Ways to add to a group; what is none yet becomes one of all. */
function AddConditions({ path }: { path: Path }) {
  const { body, change } = useForm()
  const isBegun = valueAt(body, path) !== undefined
  const other = kindOf(valueAt(body, path)) === 'any' ? 'all' : 'any'
  return (
    <div className={styles.adding}>
      <AddButton label={words.add} onClick={() => change(withAdded(body, path, begun).body)} />
      {isBegun && (
        <AddButton
          label={words.addGroup}
          onClick={() => change(withAdded(body, path, { [other]: [begun] }).body)}
        />
      )}
    </div>
  )
}

/** Denies a condition, or no longer; takes it away. */
function Tools({ root, path }: NodeProps) {
  const { body, change } = useForm()
  const isNot = kindOf(valueAt(body, path)) === 'not'
  const isDenied = path.at(-1) === 'not'
  return (
    <span className={styles.tools}>
      {!isDenied && (
        <Button
          size="compact-xs"
          variant="default"
          onClick={() =>
            change((isNot ? withUnwrapped(body, path) : withWrapped(body, path, 'not')).body)
          }
        >
          {isNot ? words.affirm : words.deny}
        </Button>
      )}
      <IconButton
        label={words.remove}
        icon="close"
        onClick={() => change(without(body, root, path))}
      />
    </span>
  )
}

/** One question, and the answer that is wanted. */
function Leaf(props: NodeProps) {
  const { path, fields, of } = props
  const form = useForm()
  const { data: means } = useQuery(subjectsQuery('individual'))
  const node = bodyAt(form.body, path)
  const said = ['segment', 'insight'].map((word) => problemAt(form, [...path, word])).find(Boolean)
  const asked = askedBy(node, of)
  if (asked === undefined)
    return (
      <div className={styles.condition}>
        <span className={shared.quiet}>
          <Say text={words.unknown} />
        </span>
        <Tools {...props} />
      </div>
    )
  const typeOf = (name: string) => fields.find(({ value }) => value === name)?.type
  const choose = (chosen = '') => {
    const isSame = typeOf(chosen) === typeOf(asked)
    form.change(
      withValue(form.body, path, asking(chosen, of, isSame ? comparisonOf(node) : undefined)),
    )
  }
  return (
    <div className={styles.condition}>
      <span className={row.what}>
        <ChoiceField
          path={[...path, node['field'] === undefined ? 'asks' : 'field']}
          shown={asked}
          label={words.field}
          look="in a row"
          options={fields}
          onChoose={choose}
        />
      </span>
      {means && node['segment'] === undefined && (
        <ComparisonFields path={path} type={typeOf(asked)} means={means} />
      )}
      <Tools {...props} />
      {said !== undefined && <p className={shared.bad}>{said}</p>}
    </div>
  )
}
