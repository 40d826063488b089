import { Button, TextInput } from '@mantine/core'
import { useState } from 'react'
import { type Filling, formulaOf, type MappingTarget, quotedField } from '../../../lib/mapping.ts'
import type { ModelFieldFacts, ModelObjectFacts } from '../../../lib/model.ts'
import { texts } from '../../../lib/texts.ts'
import { IconButton } from '../../../ui/form-inputs.tsx'
import { Panel } from '../../../ui/page.tsx'
import { Tag } from '../../../ui/tag.tsx'
import {
  problemsAt,
  withEach,
  withFormula,
  withoutField,
  withoutTarget,
  withWhere,
} from '../draft.ts'
import { fieldType } from '../drag.ts'
import type { Mapped } from '../use-mapping.ts'
import styles from './mapping.module.css'
import { PreviewTable } from './preview-table.tsx'

const words = texts.mapping.target

/** One object that is filled: the formula of each of its fields, those that are free, and what the first rows become. */
export function TargetPart({
  index,
  target,
  object,
  chosen,
  mapped,
  onConnected,
}: {
  index: number
  target: MappingTarget
  object: ModelObjectFacts | undefined
  chosen: string | undefined
  mapped: Mapped
  onConnected: () => void
}) {
  const { draft, problems, write } = mapped
  const place = `objects[${index}]`
  const facts = object?.fields ?? {}
  const free = Object.keys(facts).filter((field) => !(field in target.fields))
  const put = (field: string, formula: string) =>
    write(withFormula(draft, { target: index, field }, formula))
  const connect = (field: string, name: string) => {
    put(field, quotedField(name))
    onConnected()
  }
  return (
    <Panel
      title={object?.label ?? target.object}
      aside={
        <IconButton
          label={words.remove}
          icon="close"
          onClick={() => write(withoutTarget(draft, index))}
        />
      }
    >
      <div className={styles.slots}>
        {Object.entries(target.fields).map(([field, filling]) => (
          <Slot
            key={field}
            field={field}
            facts={facts[field]}
            filling={filling}
            chosen={chosen}
            problems={problemsAt(problems, `${place}.fields.${field}`)}
            onChange={(formula) => put(field, formula)}
            onConnect={(name) => connect(field, name)}
            onRemove={() => write(withoutField(draft, { target: index, field }))}
          />
        ))}
      </div>
      <FreeFields fields={free} facts={facts} chosen={chosen} onConnect={connect} />
      <TextInput
        size="xs"
        label={words.where}
        placeholder={words.whereHint}
        value={target.where ?? ''}
        error={problemsAt(problems, `${place}.where`).join(' ') || undefined}
        onChange={(event) => write(withWhere(draft, index, event.currentTarget.value))}
        spellCheck={false}
        classNames={{ input: styles.formula ?? '' }}
      />
      <TextInput
        size="xs"
        label={words.each}
        description={target.each === undefined ? undefined : words.eachAbout}
        placeholder={words.eachHint}
        value={target.each ?? ''}
        error={problemsAt(problems, `${place}.each`).join(' ') || undefined}
        onChange={(event) => write(withEach(draft, index, event.currentTarget.value))}
        spellCheck={false}
        classNames={{ input: styles.formula ?? '' }}
      />
      <PreviewTable preview={mapped.preview?.objects[index]} object={target.object} />
    </Panel>
  )
}

function Slot({
  field,
  facts,
  filling,
  chosen,
  problems,
  onChange,
  onConnect,
  onRemove,
}: {
  field: string
  facts: ModelFieldFacts | undefined
  filling: Filling
  chosen: string | undefined
  problems: readonly string[]
  onChange: (formula: string) => void
  onConnect: (name: string) => void
  onRemove: () => void
}) {
  const drop = useDrop(onConnect)
  return (
    <div className={styles.slot} data-over={drop.isOver} {...drop.handlers}>
      <span className={styles.slotName} title={facts?.about}>
        {facts?.label ?? field} {facts && <Tag>{facts.type}</Tag>}
      </span>
      <TextInput
        size="xs"
        aria-label={words.formula(field)}
        value={formulaOf(filling)}
        error={problems.length > 0 ? problems.join(' ') : undefined}
        onChange={(event) => onChange(event.currentTarget.value)}
        spellCheck={false}
        classNames={{ input: styles.formula ?? '' }}
      />
      {chosen !== undefined && (
        <Button
          size="compact-xs"
          variant="light"
          aria-label={words.connect(field)}
          onClick={() => onConnect(chosen)}
        >
          {chosen}
        </Button>
      )}
      <IconButton label={words.removeField(field)} icon="close" onClick={onRemove} />
    </div>
  )
}

function FreeFields({
  fields,
  facts,
  chosen,
  onConnect,
}: {
  fields: readonly string[]
  facts: ModelObjectFacts['fields']
  chosen: string | undefined
  onConnect: (field: string, name: string) => void
}) {
  if (fields.length === 0) return null
  return (
    <details className={styles.free} open={chosen !== undefined || undefined}>
      <summary className={styles.quiet}>{words.free(fields.length)}</summary>
      <div className={styles.freeFields}>
        {fields.map((field) => (
          <FreeField
            key={field}
            field={field}
            label={facts[field]?.label ?? field}
            chosen={chosen}
            onConnect={(name) => onConnect(field, name)}
          />
        ))}
      </div>
    </details>
  )
}

function FreeField({
  field,
  label,
  chosen,
  onConnect,
}: {
  field: string
  label: string
  chosen: string | undefined
  onConnect: (name: string) => void
}) {
  const drop = useDrop(onConnect)
  return (
    <span className={styles.freeField} data-over={drop.isOver} {...drop.handlers}>
      {chosen === undefined ? (
        label
      ) : (
        <Button
          size="compact-xs"
          variant="light"
          aria-label={words.connect(field)}
          onClick={() => onConnect(chosen)}
        >
          {label}
        </Button>
      )}
    </span>
  )
}

/** A place onto which fields of the stream are dropped. */
function useDrop(onConnect: (name: string) => void) {
  const [isOver, setOver] = useState(false)
  return {
    isOver,
    handlers: {
      onDragOver: (event: React.DragEvent) => {
        if (!event.dataTransfer.types.includes(fieldType)) return
        event.preventDefault()
        setOver(true)
      },
      onDragLeave: () => setOver(false),
      onDrop: (event: React.DragEvent) => {
        setOver(false)
        const name = event.dataTransfer.getData(fieldType)
        if (name === '') return
        event.preventDefault()
        onConnect(name)
      },
    },
  }
}
