import { NumberInput, Select } from '@mantine/core'
import { bodyAt, type Path, textAt, valueAt } from '../../../lib/body.ts'
import { problemAt, put, useForm } from '../../../lib/form.ts'
import { texts } from '../../../lib/texts.ts'
import { AddButton, ChoiceField, IconButton } from '../../../ui/form-inputs.tsx'
import shared from '../../../ui/lines.module.css'
import { durationIn, durationOf, spans } from '../duration.ts'
import styles from './insights.module.css'

const words = texts.insights.form
const path = ['build', 'window']
const kinds = ['tumbling', 'sliding'] as const

/** Windows of event time: how long they are, how far apart they begin, and how long they wait for what comes late. */
export function WindowForm({ from }: { from: string }) {
  const form = useForm()
  if (valueAt(form.body, path) === undefined)
    return (
      <AddButton
        label={words.addWindow}
        onClick={() => put(form, path, { kind: 'tumbling', size: '1 hour' })}
      />
    )
  const { every: _, ...rest } = bodyAt(form.body, path)
  const kind = textAt(form.body, [...path, 'kind'])
  const fields = Object.entries(form.objects.find(({ key }) => key === from)?.fields ?? {})
  const said = problemAt(form, path)
  return (
    <section className={styles.group} aria-label={words.window}>
      <div className={styles.groupHead}>
        <h3 className={styles.title}>{words.window}</h3>
        <IconButton
          label={words.removeWindow}
          icon="close"
          onClick={() => put(form, path, undefined)}
        />
      </div>
      <p className={shared.small}>{words.windowHelp}</p>
      {said !== undefined && <p className={shared.bad}>{said}</p>}
      <div className={styles.names}>
        <ChoiceField
          path={[...path, 'kind']}
          label={words.windowKind}
          options={kinds.map((value) => ({ value, label: words.windowKinds[value] }))}
          onChoose={(chosen) =>
            put(form, path, {
              ...rest,
              kind: chosen,
              ...(chosen === 'sliding' ? { every: textAt(form.body, [...path, 'size']) } : {}),
            })
          }
        />
        <ChoiceField
          path={[...path, 'time']}
          label={words.windowTime}
          isOptional
          options={fields
            .filter(([, { type }]) => type === 'timestamp')
            .map(([value, { label }]) => ({ value, label: label ?? value }))}
        />
        <DurationField path={[...path, 'size']} label={words.windowSize} />
        {kind === 'sliding' && (
          <DurationField path={[...path, 'every']} label={words.windowEvery} />
        )}
        <DurationField path={[...path, 'lateness']} label={words.windowLateness} />
      </div>
    </section>
  )
}

/** A while, as a number of units. */
function DurationField({ path: at, label }: { path: Path; label: string }) {
  const form = useForm()
  const { count, span } = durationIn(textAt(form.body, at))
  return (
    <div className={styles.duration}>
      <NumberInput
        label={label}
        size="xs"
        min={1}
        allowDecimal={false}
        value={count ?? ''}
        error={problemAt(form, at)}
        onChange={(next) =>
          put(form, at, typeof next === 'number' ? durationOf(next, span) : undefined)
        }
      />
      <Select
        aria-label={`${label}: ${words.unit}`}
        size="xs"
        allowDeselect={false}
        value={span}
        data={spans.map((value) => ({ value, label: words.spans[value] }))}
        onChange={(chosen) =>
          put(form, at, durationOf(count ?? 1, spans.find((one) => one === chosen) ?? span))
        }
      />
    </div>
  )
}
