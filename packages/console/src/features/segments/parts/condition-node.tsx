import { Button, Menu } from '@mantine/core'
import type { KeyboardEvent, ReactNode } from 'react'
import { type Path, placeOf, valueAt } from '../../../lib/body.ts'
import {
  canShift,
  type Joining,
  kindOf,
  type NodeKind,
  partsAt,
  withAdded,
  withJoining,
  withShifted,
} from '../../../lib/condition.ts'
import { problemAt, useForm } from '../../../lib/form.ts'
import { texts } from '../../../lib/texts.ts'
import { Icon } from '../../../ui/icons.tsx'
import shared from '../../../ui/lines.module.css'
import { make, useBuilder } from '../builder.ts'
import { type Beginning, beginnings, beginningsOfPeople, beginningsOfRows } from '../condition.ts'
import { sentence } from '../sentence.ts'
import styles from './builder.module.css'
import {
  ConsentFields,
  FieldFields,
  InsightFields,
  type NodeProps,
  RelatedFields,
  SegmentFields,
} from './condition-fields.tsx'
import { NodeTools } from './node-tools.tsx'
import { RelatedWhere, SequenceFields } from './related-rows.tsx'

const words = texts.segments.builder

/** One condition with everything inside it. Alt with an arrow moves it. */
export function ConditionNode({ path, ground }: NodeProps): ReactNode {
  const form = useForm()
  const builder = useBuilder()
  const node = valueAt(form.body, path)
  const kind = kindOf(node)
  const isJoined = kind === 'all' || kind === 'any' || kind === 'not'
  const press = (event: KeyboardEvent) => {
    const by = event.key === 'ArrowUp' ? -1 : 1
    if (!event.altKey || !/^Arrow(Up|Down)$/.test(event.key)) return
    event.preventDefault()
    event.stopPropagation()
    if (canShift(form.body, path, by)) make(form, builder, withShifted(form.body, path, by))
  }
  return (
    <fieldset
      className={styles.node}
      data-look={isJoined ? 'group' : 'leaf'}
      data-kind={kind}
      data-place={placeOf(path)}
      tabIndex={-1}
      aria-label={isJoined ? words.group : sentence(builder.vocabulary, node, ground)}
      onKeyDown={press}
    >
      <div className={styles.nodeHead}>
        <div className={styles.asked}>{contents[kind]({ path, ground })}</div>
        <NodeTools path={path} />
      </div>
      <Said path={path} />
      {isJoined && <Inside path={path} ground={ground} />}
      {kind === 'related' && <RelatedWhere path={path} inner={ConditionNode} />}
      {kind === 'sequence' && <SequenceFields path={path} inner={ConditionNode} />}
    </fieldset>
  )
}

const contents: Readonly<Record<NodeKind, (props: NodeProps) => ReactNode>> = {
  all: (props) => <JoinField {...props} />,
  any: (props) => <JoinField {...props} />,
  not: () => <span className={shared.strong}>{words.not}</span>,
  field: (props) => <FieldFields {...props} />,
  insight: (props) => <InsightFields {...props} />,
  segment: (props) => <SegmentFields {...props} />,
  consent: (props) => <ConsentFields {...props} />,
  related: (props) => <RelatedFields {...props} />,
  sequence: () => <span className={shared.strong}>{words.kinds.sequence}</span>,
  unknown: () => <span className={shared.quiet}>{words.unknown}</span>,
}

/** What speaks against a condition as a whole; what speaks against a part of it stands at that part. */
function Said({ path }: { path: Path }) {
  const problem = problemAt(useForm(), path)
  return problem === undefined ? null : <p className={shared.bad}>{problem}</p>
}

function JoinField({ path }: NodeProps) {
  const form = useForm()
  const builder = useBuilder()
  const kind = kindOf(valueAt(form.body, path))
  return (
    <select
      className={styles.join}
      aria-label={words.join}
      value={kind}
      onChange={({ currentTarget: { value } }) =>
        make(form, builder, withJoining(form.body, path, joiningOf(value)), 'input')
      }
    >
      {(['all', 'any'] as const).map((value) => (
        <option key={value} value={value}>
          {words.joins[value]}
        </option>
      ))}
    </select>
  )
}

const joiningOf = (value: string): Joining => (value === 'any' ? 'any' : 'all')

function Inside({ path, ground }: NodeProps) {
  const form = useForm()
  const kind = kindOf(valueAt(form.body, path))
  const parts = partsAt(form.body, path)
  return (
    <>
      {parts.length === 0 && (
        <p className={shared.quiet}>{kind === 'any' ? words.emptyAny : words.emptyAll}</p>
      )}
      {parts.length > 0 && (
        <div className={styles.inside}>
          {parts.map((part) => (
            <ConditionNode key={placeOf(part)} path={part} ground={ground} />
          ))}
        </div>
      )}
      {kind !== 'not' && <AddCondition path={path} ground={ground} />}
    </>
  )
}

/** Adds a condition to a group; what is no group becomes one. */
export function AddCondition({ path, ground }: NodeProps) {
  const form = useForm()
  const builder = useBuilder()
  const kinds: readonly Beginning[] =
    ground.rows === undefined ? beginningsOfPeople : beginningsOfRows
  const add = (kind: Beginning) =>
    make(form, builder, withAdded(form.body, path, beginnings[kind]), 'input')
  return (
    <span className={shared.actions}>
      <Menu position="bottom-start" withinPortal hideDetached={false}>
        <Menu.Target>
          <Button size="compact-xs" variant="default" leftSection={<Icon name="plus" size={12} />}>
            {words.add}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {kinds.map((kind) => (
            <Menu.Item key={kind} onClick={() => add(kind)}>
              {words.kinds[kind]}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
    </span>
  )
}
