import { MultiSelect } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { InsightOverview } from '@tessera/platform/contract'
import {
  bodyAt,
  isBody,
  listAt,
  textAt,
  withEntry,
  withMoved,
  withValue,
} from '../../../lib/body.ts'
import { ask } from '../../../lib/client.ts'
import { fieldOptions, problemAt, put, useForm } from '../../../lib/form.ts'
import { texts } from '../../../lib/texts.ts'
import editor from '../../../ui/editor.module.css'
import {
  AddButton,
  ChoiceField,
  FlagField,
  FurtherFields,
  IconButton,
  NumberField,
  TextField,
  TextsField,
} from '../../../ui/form-inputs.tsx'
import shared from '../../../ui/lines.module.css'
import { Say } from '../../../ui/say.tsx'
import { Tag } from '../../../ui/tag.tsx'
import {
  keyOf,
  named,
  type Offer,
  offersFor,
  type Source,
  sourceOf,
  sources,
} from '../attributes.ts'
import styles from './activations.module.css'

const words = texts.activations.form

const insightsQuery = {
  queryKey: ['insights'],
  queryFn: ({ signal }: { signal: AbortSignal }) => ask<InsightOverview[]>('/insights', { signal }),
  staleTime: 30_000,
}

/** What goes along with each member: chosen from everything that can, each under a name of its own. */
export function AttributesForm({ on }: { on: string }) {
  const form = useForm()
  const { data: insights = [] } = useQuery(insightsQuery)
  const attributes = listAt(form.body, ['attributes'])
  const offers = offersFor({ on, objects: form.objects, insights })
  const said = problemAt(form, ['attributes'])
  return (
    <fieldset className={editor.group}>
      <legend className={editor.legend}>{words.attributes}</legend>
      <p className={shared.quiet}>
        <Say text={words.attributesAbout} />
      </p>
      <Picker offers={offers} />
      {attributes.map((attribute, i) => (
        // An attribute is known by its place while its name is written.
        <AttributeForm
          key={i}
          place={i}
          isLast={i === attributes.length - 1}
          on={on}
          label={labelOf(attribute, offers)}
        />
      ))}
      {said !== undefined && <p className={shared.bad}>{said}</p>}
      <AddButton label={words.addFormula} onClick={() => add(form, { as: 'value', formula: '' })} />
    </fieldset>
  )
}

type FormOf = ReturnType<typeof useForm>

// An empty list is said too: an activation without attributes sends the ids alone.
const add = (form: FormOf, attribute: Offer['attribute']) =>
  form.change(
    withEntry(form.body, ['attributes'], named(attribute, listAt(form.body, ['attributes']))),
  )

const labelOf = (attribute: unknown, offers: readonly Offer[]): string | undefined =>
  isBody(attribute) ? offers.find(({ key }) => key === keyOf(attribute))?.label : undefined

/** Everything that can be sent along, in groups; what is chosen is sent, what is taken out again is not. */
function Picker({ offers }: { offers: readonly Offer[] }) {
  const form = useForm()
  const attributes = listAt(form.body, ['attributes']).filter(isBody)
  const chosen = attributes.map(keyOf).filter((key) => offers.some((offer) => offer.key === key))
  const change = (keys: readonly string[]) => {
    const kept = attributes.filter(
      (one) => !chosen.includes(keyOf(one)) || keys.includes(keyOf(one)),
    )
    const fresh = offers.filter(({ key }) => keys.includes(key) && !chosen.includes(key))
    const next = [...kept]
    for (const { attribute } of fresh) next.push(named(attribute, next))
    form.change(withValue(form.body, ['attributes'], next))
  }
  return (
    <MultiSelect
      size="xs"
      label={words.pick}
      placeholder={words.pickHint}
      searchable
      value={[...new Set(chosen)]}
      onChange={change}
      data={sources.flatMap((source) => {
        const items = offers.filter((offer) => offer.source === source)
        return items.length === 0
          ? []
          : [
              {
                group: words.groups[source],
                items: items.map(({ key, label }) => ({ value: key, label })),
              },
            ]
      })}
    />
  )
}

function AttributeForm({
  place,
  isLast,
  on,
  label,
}: {
  place: number
  isLast: boolean
  on: string
  label: string | undefined
}) {
  const form = useForm()
  const path = ['attributes', place] as const
  const attribute = bodyAt(form.body, path)
  const source = sourceOf(attribute)
  const Parts = source && partsOf[source]
  return (
    <fieldset
      className={styles.attribute}
      aria-label={`${words.attributes} ${place + 1}: ${textAt(attribute, ['as'])}`}
    >
      <TextField path={[...path, 'as']} label={words.as} look="in a row" />
      <span className={styles.source}>
        <span className={styles.sourceName}>
          {source && <Tag>{words.groups[source]}</Tag>}
          {hasName(source) && (label ?? keyOf(attribute).replace(/^\S+ /, ''))}
        </span>
        {Parts && <Parts place={place} on={on} />}
        <FlagField
          path={[...path, 'required']}
          label={`${words.required}: ${words.requiredAbout.toLowerCase()}`}
          usual="no"
        />
      </span>
      <span className={editor.icons}>
        <IconButton
          label={words.up}
          icon="up"
          isDisabled={place === 0}
          onClick={() => form.change(withMoved(form.body, ['attributes'], place, -1))}
        />
        <IconButton
          label={words.down}
          icon="down"
          isDisabled={isLast}
          onClick={() => form.change(withMoved(form.body, ['attributes'], place, 1))}
        />
        <IconButton label={words.remove} icon="close" onClick={() => put(form, path, undefined)} />
      </span>
    </fieldset>
  )
}

// A field and a formula are named by the input below.
const hasName = (source: Source | undefined): boolean => source !== 'field' && source !== 'formula'

interface PartProps {
  readonly place: number
  readonly on: string
}

const partsOf: Readonly<Record<Source, (props: PartProps) => React.ReactNode>> = {
  field: ({ place, on }) => <FieldPart place={place} on={on} />,
  insight: ({ place }) => <Problem place={place} member="insight" />,
  contact_point: ({ place }) => <ContactPart place={place} />,
  related: ({ place }) => <RelatedPart place={place} />,
  formula: ({ place }) => (
    <TextField path={['attributes', place, 'formula']} label={words.formula} />
  ),
}

/** What speaks against a member that has no input of its own. */
function Problem({ place, member }: { place: number; member: string }) {
  const said = problemAt(useForm(), ['attributes', place, member])
  return said === undefined ? null : <p className={shared.bad}>{said}</p>
}

function FieldPart({ place, on }: PartProps) {
  const form = useForm()
  return (
    <ChoiceField
      path={['attributes', place, 'field']}
      label={words.source}
      look="in a row"
      options={fieldOptions(form, on).filter(({ value }) => value !== 'id')}
    />
  )
}

function ContactPart({ place }: { place: number }) {
  const path = ['attributes', place] as const
  return (
    <span className={styles.more}>
      <TextField path={[...path, 'purpose']} label={words.purpose} />
      <TextsField path={[...path, 'sources']} label={words.sources} />
      <FlagField path={[...path, 'consent']} label={words.consent} usual="no" />
      <Problem place={place} member="contact_point" />
    </span>
  )
}

function RelatedPart({ place }: { place: number }) {
  const form = useForm()
  const path = ['attributes', place] as const
  const object = textAt(form.body, [...path, 'related'])
  const options = fieldOptions(form, object)
  const fields = listAt(form.body, [...path, 'fields']).filter(isBody)
  const chosen = fields.map((one) => textAt(one, ['field']))
  const change = (names: readonly string[]) => {
    const next = names.map(
      (field) => fields.find((one) => textAt(one, ['field']) === field) ?? { as: field, field },
    )
    put(form, [...path, 'fields'], next)
  }
  return (
    <>
      <MultiSelect
        size="xs"
        label={words.fields}
        searchable
        value={[...new Set(chosen)]}
        onChange={change}
        error={problemAt(form, [...path, 'fields'])}
        data={[...options]}
      />
      <TextField path={[...path, 'where']} label={words.where} />
      <span className={styles.more}>
        <ChoiceField
          path={[...path, 'order', 'field']}
          label={words.orderBy}
          isOptional
          options={options}
        />
        <FlagField path={[...path, 'order', 'descending']} label={words.descending} usual="no" />
        <NumberField path={[...path, 'limit']} label={words.limit} />
      </span>
      <Problem place={place} member="related" />
      <FurtherFields
        path={path}
        known={['as', 'related', 'fields', 'where', 'order', 'limit', 'required']}
        isOpen={false}
      />
    </>
  )
}
