import { Select } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { bodyAt, isBody, listAt, textAt, valueAt, withEntry } from '../../../lib/body.ts'
import { definitionsQuery, modelQuery, schemaQuery } from '../../../lib/definitions.ts'
import {
  definedOption,
  FormProvider,
  fieldOptions,
  problemAt,
  put,
  useForm,
} from '../../../lib/form.ts'
import { schemaOfKind } from '../../../lib/schema.ts'
import { subjectsQuery } from '../../../lib/subjects.ts'
import { texts } from '../../../lib/texts.ts'
import { ConditionsForm } from '../../../ui/conditions-form.tsx'
import type { DefinitionFormProps } from '../../../ui/definition-editor.tsx'
import editor from '../../../ui/editor.module.css'
import {
  AddButton,
  ChoiceField,
  FlagField,
  FurtherFields,
  IconButton,
  NumberField,
  TextField,
} from '../../../ui/form-inputs.tsx'
import { PersonConditions } from '../../../ui/person-conditions.tsx'
import { SecretField } from '../../../ui/secret-field.tsx'
import { streamFieldsQuery } from '../api/actions.ts'
import styles from './actions.module.css'

const words = texts.actions.form
const known = [
  'label',
  'about',
  'enabled',
  'when',
  'often',
  'cool_down',
  'after',
  'quiet_hours',
  'attributes',
  'at_most_per_hour',
  'target',
  'consent',
]

/** An action as a form. What the form does not know stays as it is. */
export function ActionForm({ body, problems, onChange }: DefinitionFormProps) {
  const { data: model } = useQuery(modelQuery)
  const { data: schemas } = useQuery(schemaQuery)
  const schema = useMemo(() => schemas && schemaOfKind(schemas, 'action'), [schemas])
  const form = { body, objects: model?.objects ?? [], schema, problems, change: onChange }
  return (
    <FormProvider value={form}>
      <div className={editor.form}>
        <div className={editor.pairOfFields}>
          <TextField path={['label']} label={words.label} />
          <TextField path={['about']} label={words.about} />
        </div>
        <FlagField path={['enabled']} label={words.enabled} usual="yes" />
        <WhenForm />
        <TargetForm />
        <AttributesForm />
        <TimingForm />
      </div>
    </FormProvider>
  )
}

const kinds = ['segment', 'event', 'row', 'insight', 'profile'] as const
type Kind = (typeof kinds)[number]

const begun: Readonly<Record<Kind, object>> = {
  segment: { segment: '', change: 'entered' },
  event: { event: '' },
  row: { row: '', change: 'created' },
  insight: { insight: '' },
  profile: { profile: 'merged' },
}

function WhenForm() {
  const form = useForm()
  const when = bodyAt(form.body, ['when'])
  const kind = kinds.find((one) => one in when)
  const said = problemAt(form, ['when'])
  return (
    <fieldset className={editor.group}>
      <legend className={editor.legend}>{words.when}</legend>
      <div className={editor.pairOfFields}>
        <Select
          size="xs"
          label={words.kind}
          allowDeselect={false}
          value={kind ?? null}
          error={said}
          data={kinds.map((value) => ({ value, label: words.kinds[value] }))}
          onChange={(chosen) => {
            const next = kinds.find((one) => one === chosen)
            if (next !== undefined && next !== kind) put(form, ['when'], begun[next])
          }}
        />
        {kind && whenParts[kind]()}
        <ChoiceField
          path={['often']}
          label={words.often}
          options={(['first', 'each'] as const).map((value) => ({
            value,
            label: words.oftens[value],
          }))}
        />
      </div>
      {kind && conditionParts[kind]()}
      <FurtherFields
        path={['when']}
        known={[...kinds, 'change', 'person', 'where', 'was', 'among', 'who', 'on']}
        isOpen={false}
      />
    </fieldset>
  )
}

const whenParts: Readonly<Record<Kind, () => React.ReactNode>> = {
  segment: () => (
    <>
      <DefinedField kind="segment" label={words.segment} />
      <ChangeField of={['entered', 'left']} />
    </>
  ),
  event: () => (
    <>
      <DefinedField kind="event" label={words.event} />
      <TextField path={['when', 'person']} label={words.person} />
    </>
  ),
  row: () => (
    <>
      <ObjectField />
      <ChangeField of={['created', 'changed', 'deleted', 'any']} />
    </>
  ),
  insight: () => <DefinedField kind="insight" label={words.insight} />,
  profile: () => (
    <>
      <ChoiceField
        path={['when', 'profile']}
        label={words.profile}
        options={(['merged', 'split', 'any'] as const).map((value) => ({
          value,
          label: words.profiles[value],
        }))}
      />
      <ChoiceField
        path={['when', 'on']}
        label={words.on}
        shown="individual"
        options={(['individual', 'account'] as const).map((value) => ({
          value,
          label: words.ons[value],
        }))}
      />
    </>
  ),
}

const conditionParts: Readonly<Record<Kind, () => React.ReactNode>> = {
  segment: () => null,
  event: () => <EventConditions />,
  row: () => <RowConditions />,
  insight: () => <InsightConditions />,
  profile: () => null,
}

function EventConditions() {
  const { body } = useForm()
  const stream = textAt(body, ['when', 'event'])
  const { data } = useQuery({ ...streamFieldsQuery(stream), enabled: stream !== '' })
  const fields = (data?.fields ?? []).map(({ name, type }) => ({ value: name, label: name, type }))
  return (
    <>
      <ConditionsForm path={['when', 'where']} label={words.conditions.where} fields={fields} />
      <ConditionsForm path={['when', 'among']} label={words.conditions.among} fields={fields} />
      <PersonConditions path={['when', 'who']} label={words.conditions.who} />
    </>
  )
}

function RowConditions() {
  const { body, objects } = useForm()
  const object = textAt(body, ['when', 'row'])
  const found = objects.find(({ key }) => key === object)?.fields ?? {}
  const fields = Object.entries(found).map(([value, { label, type }]) => ({
    value,
    label: label ?? value,
    type,
  }))
  const isBegun = textAt(body, ['when', 'change']) === 'changed' || isBody(valueAt(body, wasPath))
  return (
    <>
      <ConditionsForm path={['when', 'where']} label={words.conditions.where} fields={fields} />
      {isBegun && <ConditionsForm path={wasPath} label={words.conditions.was} fields={fields} />}
    </>
  )
}

const wasPath = ['when', 'was']

function InsightConditions() {
  const { body } = useForm()
  const { data } = useQuery(subjectsQuery('individual'))
  const measures = data?.insights[textAt(body, ['when', 'insight'])] ?? {}
  const fields = Object.entries(measures).map(([value, type]) => ({
    value,
    label: value.replaceAll('_', ' '),
    type,
  }))
  return <ConditionsForm path={['when', 'where']} label={words.conditions.where} fields={fields} />
}

/** One of the definitions that a rule can speak of; events come by streams. */
function DefinedField({ kind, label }: { kind: 'segment' | 'event' | 'insight'; label: string }) {
  const { data: all = [] } = useQuery(definitionsQuery(kind === 'event' ? 'stream' : kind))
  return <ChoiceField path={['when', kind]} label={label} options={all.map(definedOption)} />
}

function ObjectField() {
  const { objects } = useForm()
  return (
    <ChoiceField
      path={['when', 'row']}
      label={words.row}
      options={objects.map(({ key, label }) => ({ value: key, label }))}
    />
  )
}

function ChangeField({ of }: { of: readonly (keyof typeof words.changes)[] }) {
  return (
    <ChoiceField
      path={['when', 'change']}
      label={words.change}
      options={of.map((value) => ({ value, label: words.changes[value] }))}
    />
  )
}

function TargetForm() {
  const form = useForm()
  const { data: destinations = [] } = useQuery(definitionsQuery('destination'))
  const isWebhook = isBody(valueAt(form.body, ['target', 'webhook']))
  const url = valueAt(form.body, ['target', 'webhook', 'url'])
  return (
    <fieldset className={editor.group}>
      <legend className={editor.legend}>{words.target}</legend>
      <div className={editor.pairOfFields}>
        <Select
          size="xs"
          label={words.target}
          allowDeselect={false}
          value={isWebhook ? 'webhook' : 'destination'}
          error={problemAt(form, ['target'])}
          data={(['destination', 'webhook'] as const).map((value) => ({
            value,
            label: words.targetKinds[value],
          }))}
          onChange={(chosen) =>
            put(
              form,
              ['target'],
              chosen === 'webhook'
                ? { webhook: { url: 'https://', secret: { secret: '' } } }
                : { destination: '' },
            )
          }
        />
        {!isWebhook && (
          <ChoiceField
            path={['target', 'destination']}
            label={words.destination}
            options={destinations.map(definedOption)}
          />
        )}
        {isWebhook && !isBody(url) && (
          <TextField path={['target', 'webhook', 'url']} label={words.url} />
        )}
      </div>
      {isWebhook && (
        <>
          {isBody(url) && <SecretField path={['target', 'webhook', 'url']} label={words.url} />}
          <SecretField path={['target', 'webhook', 'secret']} label={words.secret} />
          <FurtherFields
            path={['target', 'webhook']}
            known={['url', 'secret', 'previous_secret']}
            isOpen
          />
        </>
      )}
    </fieldset>
  )
}

const sources = ['field', 'profile', 'was'] as const

/** Values of the event or row, and of the profile, that go along. */
function AttributesForm() {
  const form = useForm()
  const attributes = listAt(form.body, ['attributes'])
  return (
    <fieldset className={editor.group}>
      <legend className={editor.legend}>{words.attributes}</legend>
      {attributes.map((_, i) => (
        // A value is known by its place while its name is written.
        <AttributeForm key={i} place={i} count={attributes.length} />
      ))}
      <AddButton
        label={words.addAttribute}
        onClick={() => form.change(withEntry(form.body, ['attributes'], { as: '', profile: '' }))}
      />
    </fieldset>
  )
}

function AttributeForm({ place, count }: { place: number; count: number }) {
  const form = useForm()
  const path = ['attributes', place] as const
  const attribute = bodyAt(form.body, path)
  const source = sources.find((one) => one in attribute) ?? 'field'
  const remove = () => put(form, count === 1 ? ['attributes'] : path, undefined)
  return (
    <div className={styles.attribute}>
      <TextField path={[...path, 'as']} label={words.as} look="in a row" />
      <Select
        size="xs"
        aria-label={words.from}
        allowDeselect={false}
        value={source}
        data={sources.map((value) => ({ value, label: words.sources[value] }))}
        onChange={(chosen) => {
          const { field: _, profile: __, was: ___, ...rest } = attribute
          const next = sources.find((one) => one === chosen)
          if (next !== undefined) put(form, path, { ...rest, [next]: '' })
        }}
      />
      {source === 'profile' ? (
        <ChoiceField
          path={[...path, 'profile']}
          label={words.field}
          look="in a row"
          options={fieldOptions(form, 'individual')}
        />
      ) : (
        <TextField path={[...path, source]} label={words.field} look="in a row" />
      )}
      <IconButton label={words.remove} icon="close" onClick={remove} />
    </div>
  )
}

function TimingForm() {
  return (
    <fieldset className={editor.group}>
      <legend className={editor.legend}>{words.timing}</legend>
      <div className={editor.pairOfFields}>
        <TextField path={['cool_down']} label={`${words.coolDown} (${words.coolDownHint})`} />
        <TextField path={['after']} label={`${words.after} (${words.afterHint})`} />
        <NumberField path={['at_most_per_hour']} label={words.cap} />
      </div>
      <span className={editor.subtitle}>{words.quiet}</span>
      <FurtherFields path={['quiet_hours']} known={[]} isOpen />
      <span className={editor.subtitle}>{words.asked}</span>
      <FurtherFields path={['consent']} known={[]} isOpen />
      <FurtherFields path={[]} known={known} isOpen />
    </fieldset>
  )
}
