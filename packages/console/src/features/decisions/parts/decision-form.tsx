import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { bodyAt, listAt, withEntry, withMoved } from '../../../lib/body.ts'
import { modelQuery, schemaQuery } from '../../../lib/definitions.ts'
import { FormProvider, problemAt, put, useForm } from '../../../lib/form.ts'
import { schemaOfKind } from '../../../lib/schema.ts'
import { texts } from '../../../lib/texts.ts'
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
import shared from '../../../ui/lines.module.css'
import { PersonConditions } from '../../../ui/person-conditions.tsx'
import styles from './decisions.module.css'
import { ContextFields, PayloadFields } from './named-values.tsx'

const words = texts.decisions.form
const known = [
  'label',
  'about',
  'enabled',
  'public',
  'context',
  'offers',
  'consent',
  'limit',
  'holdout_percent',
  'fallback',
]

/** A decision as a form. What the form does not know stays as it is. */
export function DecisionForm({ body, problems, onChange }: DefinitionFormProps) {
  const { data: model } = useQuery(modelQuery)
  const { data: schemas } = useQuery(schemaQuery)
  const schema = useMemo(() => schemas && schemaOfKind(schemas, 'decision'), [schemas])
  const form = { body, objects: model?.objects ?? [], schema, problems, change: onChange }
  return (
    <FormProvider value={form}>
      <div className={editor.form}>
        <div className={editor.pairOfFields}>
          <TextField path={['label']} label={words.label} />
          <TextField path={['about']} label={words.about} />
        </div>
        <FlagField path={['enabled']} label={words.enabled} usual="yes" />
        <FlagField path={['public']} label={words.public} usual="no" />
        <OffersForm />
        <PayloadFields path={['fallback']} label={words.fallback} />
        <fieldset className={editor.group}>
          <legend className={editor.legend}>{words.more}</legend>
          <div className={editor.pairOfFields}>
            <NumberField path={['limit']} label={words.limit} hint="1" />
            <NumberField path={['holdout_percent']} label={words.holdout} hint="0" />
          </div>
          <ContextFields path={['context']} label={words.context} />
          <span className={editor.subtitle}>{words.consent}</span>
          <FurtherFields path={['consent']} known={[]} isOpen />
          <FurtherFields path={[]} known={known} isOpen />
        </fieldset>
      </div>
    </FormProvider>
  )
}

function OffersForm() {
  const form = useForm()
  const offers = listAt(form.body, ['offers'])
  const said = problemAt(form, ['offers'])
  const next = `offer_${offers.length + 1}`
  return (
    <fieldset className={editor.group}>
      <legend className={editor.legend}>{words.offers}</legend>
      {said !== undefined && <p className={shared.bad}>{said}</p>}
      {offers.map((_, i) => (
        // An offer is known by its place while its key is written.
        <OfferForm key={i} place={i} count={offers.length} />
      ))}
      <AddButton
        label={words.addOffer}
        onClick={() =>
          form.change(withEntry(form.body, ['offers'], { key: next, payload: { headline: '' } }))
        }
      />
    </fieldset>
  )
}

function OfferForm({ place, count }: { place: number; count: number }) {
  const form = useForm()
  const path = ['offers', place] as const
  const context = Object.entries(bodyAt(form.body, ['context'])).map(([name, type]) => ({
    value: `context.${name}`,
    label: words.asked(name),
    type: typeof type === 'string' ? type : 'text',
  }))
  return (
    <section className={styles.offerForm} aria-label={words.offer(place + 1)}>
      <div className={styles.offerTools}>
        <span className={editor.subtitle}>{words.offer(place + 1)}</span>
        <span className={shared.actions}>
          {([-1, 1] as const).map((by) => (
            <IconButton
              key={by}
              label={by === -1 ? words.up : words.down}
              icon={by === -1 ? 'up' : 'down'}
              isDisabled={place + by < 0 || place + by >= count}
              onClick={() => form.change(withMoved(form.body, ['offers'], place, by))}
            />
          ))}
          <IconButton
            label={words.removeOffer}
            icon="close"
            isDisabled={count === 1}
            onClick={() => put(form, path, undefined)}
          />
        </span>
      </div>
      <div className={editor.pairOfFields}>
        <TextField path={[...path, 'key']} label={words.key} />
        <TextField path={[...path, 'label']} label={words.label} />
        <NumberField
          path={[...path, 'priority']}
          label={words.priority}
          hint={words.priorityHint}
        />
        <TextField path={[...path, 'starts']} label={`${words.starts} (${words.timeHint})`} />
        <TextField path={[...path, 'ends']} label={`${words.ends} (${words.timeHint})`} />
      </div>
      <PersonConditions path={[...path, 'when']} label={words.when} further={context} />
      <PayloadFields path={[...path, 'payload']} label={words.payload} />
      <LimitsForm place={place} />
      <FurtherFields
        path={path}
        known={['key', 'label', 'priority', 'starts', 'ends', 'when', 'payload', 'limits']}
        isOpen={false}
      />
    </section>
  )
}

const ofs = ['chosen', 'shown', 'clicked'] as const
const withins = ['day', 'week', 'total'] as const

function LimitsForm({ place }: { place: number }) {
  const form = useForm()
  const path = ['offers', place, 'limits'] as const
  const limits = listAt(form.body, path)
  return (
    <fieldset className={styles.rows}>
      <legend className={editor.subtitle}>{words.limits}</legend>
      {limits.map((_, i) => (
        // A limit is known by its place.
        <div key={i} className={styles.limit}>
          <NumberField path={[...path, i, 'most']} label={words.most} look="in a row" />
          <ChoiceField
            path={[...path, i, 'of']}
            label={words.of}
            look="in a row"
            options={ofs.map((value) => ({ value, label: words.ofs[value] }))}
          />
          <ChoiceField
            path={[...path, i, 'within']}
            label={words.within}
            look="in a row"
            options={withins.map((value) => ({ value, label: words.withins[value] }))}
          />
          <IconButton
            label={words.remove}
            icon="close"
            onClick={() => put(form, limits.length === 1 ? path : [...path, i], undefined)}
          />
        </div>
      ))}
      <AddButton
        label={words.addLimit}
        onClick={() =>
          form.change(withEntry(form.body, path, { most: 1, of: 'shown', within: 'day' }))
        }
      />
    </fieldset>
  )
}
