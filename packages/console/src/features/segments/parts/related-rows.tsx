import { Button, Checkbox } from '@mantine/core'
import type { ComponentType } from 'react'
import { listAt, type Path, placeOf, textAt, valueAt, withEntry } from '../../../lib/body.ts'
import { withAdded } from '../../../lib/condition.ts'
import { put, useForm } from '../../../lib/form.ts'
import { texts } from '../../../lib/texts.ts'
import row from '../../../ui/comparison.module.css'
import { UnitField } from '../../../ui/comparison.tsx'
import { AddButton, ChoiceField, IconButton, NumberField } from '../../../ui/form-inputs.tsx'
import shared from '../../../ui/lines.module.css'
import { make, useBuilder } from '../builder.ts'
import { beginnings } from '../condition.ts'
import { objectLabel } from '../vocabulary.ts'
import styles from './builder.module.css'
import type { NodeProps } from './condition-fields.tsx'

const words = texts.segments.builder

/** Rows that are narrowed, and what shows the conditions on one of them. */
interface RowsProps {
  readonly path: Path
  readonly inner: ComponentType<NodeProps>
}

/** Which rows are meant: those of the last while, and those for which something holds. */
export function RelatedWhere({ path, inner: Inner }: RowsProps) {
  const form = useForm()
  const builder = useBuilder()
  const related = textAt(form.body, [...path, 'related'])
  const where = [...path, 'where']
  const lookBack = [...path, 'look_back']
  const hasWhere = valueAt(form.body, where) !== undefined
  const hasLookBack = valueAt(form.body, lookBack) !== undefined
  if (related === '') return null
  return (
    <div className={styles.narrowed}>
      {hasLookBack && (
        <div className={styles.line}>
          <span className={shared.quiet}>{words.lookBack}</span>
          <span className={row.number}>
            <NumberField path={[...lookBack, 'value']} label={words.amount} look="in a row" />
          </span>
          <UnitField path={lookBack} />
          <IconButton
            label={words.removeLookBack}
            icon="close"
            onClick={() => put(form, lookBack, undefined)}
          />
        </div>
      )}
      {hasWhere && (
        <>
          <span className={shared.quiet}>{words.where}</span>
          <Inner path={where} ground={{ rows: related }} />
        </>
      )}
      <span className={shared.actions}>
        {!hasWhere && (
          <Button
            size="compact-xs"
            variant="subtle"
            onClick={() =>
              make(
                form,
                builder,
                { ...withAdded(form.body, where, beginnings.field), at: [...where, 'all', 0] },
                'input',
              )
            }
          >
            {words.addWhere}
          </Button>
        )}
        {!hasLookBack && (
          <Button
            size="compact-xs"
            variant="subtle"
            onClick={() => put(form, lookBack, { value: 30, unit: 'day' })}
          >
            {words.addLookBack}
          </Button>
        )}
      </span>
    </div>
  )
}

const gapUnits = ['minute', 'hour', 'day', 'week'] as const

/** Rows one after the other, each with what narrows it; the last may be one that never comes. */
export function SequenceFields({ path, inner }: RowsProps) {
  const form = useForm()
  const list = [...path, 'sequence']
  const steps = listAt(form.body, list)
  return (
    <div className={styles.inside}>
      {steps.map((_, i) => {
        const step = [...list, i]
        return (
          <fieldset key={placeOf(step)} className={styles.step} aria-label={words.step(i + 1)}>
            <div className={styles.line}>
              <span className={shared.strong}>{words.step(i + 1)}</span>
              <StepObject path={step} />
              {i > 0 && <Within path={step} />}
              {i > 0 && i === steps.length - 1 && <Never path={step} />}
              {steps.length > 2 && (
                <IconButton
                  label={words.removeStep}
                  icon="close"
                  onClick={() => put(form, list, steps.toSpliced(i, 1))}
                />
              )}
            </div>
            <RelatedWhere path={step} inner={inner} />
          </fieldset>
        )
      })}
      <AddButton
        label={words.addStep}
        onClick={() => form.change(withEntry(form.body, list, { related: '' }))}
      />
    </div>
  )
}

function StepObject({ path }: { path: Path }) {
  const form = useForm()
  const { vocabulary } = useBuilder()
  return (
    <span className={row.what}>
      <ChoiceField
        path={[...path, 'related']}
        label={words.object}
        look="in a row"
        options={Object.keys(vocabulary.subjects.objects).map((value) => ({
          value,
          label: objectLabel(vocabulary, value),
        }))}
        onChoose={(chosen) => put(form, [...path, 'related'], chosen ?? '')}
      />
    </span>
  )
}

function Within({ path }: { path: Path }) {
  const form = useForm()
  const within = [...path, 'within']
  if (valueAt(form.body, within) === undefined)
    return (
      <Button
        size="compact-xs"
        variant="subtle"
        onClick={() => put(form, within, { value: 7, unit: 'day' })}
      >
        {words.addWithin}
      </Button>
    )
  return (
    <>
      <span className={shared.quiet}>{words.within}</span>
      <span className={row.number}>
        <NumberField path={[...within, 'value']} label={words.amount} look="in a row" />
      </span>
      <UnitField path={within} of={gapUnits} />
      <IconButton
        label={words.removeWithin}
        icon="close"
        onClick={() => put(form, within, undefined)}
      />
    </>
  )
}

function Never({ path }: { path: Path }) {
  const form = useForm()
  return (
    <Checkbox
      size="xs"
      label={words.never}
      checked={valueAt(form.body, [...path, 'never']) === true}
      onChange={({ currentTarget: { checked } }) =>
        put(form, [...path, 'never'], checked ? true : undefined)
      }
    />
  )
}
