import { useQuery } from '@tanstack/react-query'
import { isBody, type Path, textAt } from '../lib/body.ts'
import { definitionsQuery } from '../lib/definitions.ts'
import { definedOption, type Option, useForm } from '../lib/form.ts'
import { subjectsQuery } from '../lib/subjects.ts'
import { texts } from '../lib/texts.ts'
import { type AskedField, ConditionsForm } from './conditions-form.tsx'

const words = texts.actions.form.conditions

/** What the live profile of a person is asked: its fields, counters, segments and insights, and what else is told. */
export function PersonConditions({
  path,
  label,
  further = [],
}: {
  path: Path
  label: string
  /** What can be asked beside the person. */
  further?: readonly AskedField[]
}) {
  const { objects } = useForm()
  const { data: subjects } = useQuery(subjectsQuery('individual'))
  const { data: counters = [] } = useQuery(definitionsQuery('live_counter'))
  const { data: segments = [] } = useQuery(definitionsQuery('segment'))
  const people = objects.find(({ key }) => key === 'individual')?.fields ?? {}
  const named = (kind: keyof typeof words.asked, of: readonly Option[]) =>
    of.map(({ value, label: name }) => ({
      value: `${kind}.${value}`,
      label: words.asked[kind](name),
      type: kind === 'counter' ? 'integer' : undefined,
    }))
  const insights = Object.entries(subjects?.insights ?? {}).flatMap(([key, measures]) =>
    Object.entries(measures).map(([measure, type]) => ({
      value: `insight.${key}.${measure}`,
      label: words.asked.insight(`${key}.${measure}`.replaceAll('_', ' ')),
      type,
    })),
  )
  const fields = [
    ...further,
    ...named('counter', counters.map(definedOption)),
    ...named('segment', segments.filter(isOfPeople).map(definedOption)),
    ...Object.entries(people).map(([value, { label: name, type }]) => ({
      value,
      label: name ?? value,
      type,
    })),
    ...insights,
  ]
  return <ConditionsForm path={path} label={label} fields={fields} of="the person" />
}

const isOfPeople = ({ body }: { readonly body?: unknown }): boolean =>
  isBody(body) && textAt(body, ['on']) === 'individual'
