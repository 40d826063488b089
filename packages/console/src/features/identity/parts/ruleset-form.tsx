import { useQuery } from '@tanstack/react-query'
import type { DefinitionPlan } from '@tessera/platform/contract'
import { useMemo, useState } from 'react'
import {
  type Body,
  bodyAt,
  listAt,
  placeOf,
  textAt,
  withEntry,
  withMoved,
} from '../../../lib/body.ts'
import { modelQuery, schemaQuery } from '../../../lib/definitions.ts'
import { FormProvider, fieldOptions, problemAt, put, schemaOf, useForm } from '../../../lib/form.ts'
import { choicesIn, schemaOfKind } from '../../../lib/schema.ts'
import { texts } from '../../../lib/texts.ts'
import styles from '../../../ui/editor.module.css'
import {
  AddButton,
  ChoiceField,
  FurtherFields,
  IconButton,
  MoreButton,
  TextField,
} from '../../../ui/form-inputs.tsx'
import { objectOptions } from '../objects.ts'
import shared from './identity.module.css'
import { LimitsForm } from './limits-form.tsx'
import { ReconcileForm } from './reconcile-form.tsx'

const words = texts.identity.editor

/** A ruleset as a form. What the form does not know stays as it is. */
export function RulesetForm({
  body,
  problems,
  onChange,
}: {
  body: Body
  problems: DefinitionPlan['problems']
  onChange: (body: Body) => void
}) {
  const { data: model } = useQuery(modelQuery)
  const { data: schemas } = useQuery(schemaQuery)
  const schema = useMemo(() => schemas && schemaOfKind(schemas, 'ruleset'), [schemas])
  const form = { body, objects: model?.objects ?? [], schema, problems, change: onChange }
  return (
    <FormProvider value={form}>
      <div className={styles.form}>
        <div className={styles.pairOfFields}>
          <TextField path={['label']} label={words.label} />
          <ChoiceField
            path={['on']}
            label={words.on}
            options={(['individual', 'account'] as const).map((value) => ({
              value,
              label: texts.identity.on[value],
            }))}
          />
        </div>
        <FurtherFields path={[]} known={['label', 'on', 'match', 'reconcile', 'limits']} isOpen />
        <RulesForm />
        <ReconcileForm />
        <LimitsForm />
      </div>
    </FormProvider>
  )
}

function RulesForm() {
  const form = useForm()
  const rules = listAt(form.body, ['match'])
  const add = () => {
    const keys = new Set(rules.map((_, i) => textAt(form.body, ['match', i, 'key'])))
    let number = rules.length + 1
    while (keys.has(`rule_${number}`)) number++
    form.change(
      withEntry(form.body, ['match'], { key: `rule_${number}`, all: [emptyCriterion(form.body)] }),
    )
  }
  return (
    <fieldset className={styles.group}>
      <legend className={styles.legend}>{words.match}</legend>
      <p className={shared.quiet}>{words.matchAbout}</p>
      {rules.map((_, i) => (
        // A rule is known by its place while its key is written.
        <RuleForm key={i} place={i} isLast={i === rules.length - 1} />
      ))}
      <AddButton label={words.addRule} onClick={add} />
    </fieldset>
  )
}

const emptyCriterion = (body: Body) => ({
  object: textAt(body, ['on']),
  by: 'normalised',
})

function RuleForm({ place, isLast }: { place: number; isLast: boolean }) {
  const form = useForm()
  const path = ['match', place] as const
  const criteria = listAt(form.body, [...path, 'all'])
  const said = problemAt(form, [...path, 'all'])
  return (
    <fieldset className={styles.rule} aria-label={words.rule(place + 1)}>
      <div className={styles.ruleHead}>
        <span className={styles.number}>{place + 1}</span>
        <TextField path={[...path, 'label']} label={words.ruleLabel} look="in a row" />
        <TextField path={[...path, 'key']} label={words.ruleKey} look="in a row" />
        <span className={styles.icons}>
          <IconButton
            label={words.up}
            icon="up"
            isDisabled={place === 0}
            onClick={() => form.change(withMoved(form.body, ['match'], place, -1))}
          />
          <IconButton
            label={words.down}
            icon="down"
            isDisabled={isLast}
            onClick={() => form.change(withMoved(form.body, ['match'], place, 1))}
          />
          <IconButton
            label={words.removeRule}
            icon="close"
            onClick={() => put(form, path, undefined)}
          />
        </span>
      </div>
      <span className={shared.small}>{words.all}</span>
      {criteria.map((_, j) => (
        // A criterion has no name; its place is what it is known by.
        <CriterionForm key={j} rule={place} place={j} />
      ))}
      {said !== undefined && <p className={shared.bad}>{said}</p>}
      <AddButton
        label={words.addCriterion}
        onClick={() =>
          form.change(withEntry(form.body, [...path, 'all'], emptyCriterion(form.body)))
        }
      />
      <FurtherFields path={path} known={['key', 'label', 'all']} isOpen />
    </fieldset>
  )
}

const comparisons: Readonly<Record<string, string>> = words.comparisons

const knownOfCriterion = ['object', 'field', 'by']
const equalities = ['', 'exact', 'normalised']

function CriterionForm({ rule, place }: { rule: number; place: number }) {
  const form = useForm()
  const path = ['match', rule, 'all', place] as const
  const [isAsked, setOpen] = useState(false)
  // What is not compared for equality has more to be said.
  const isOpen = isAsked || !equalities.includes(textAt(form.body, [...path, 'by']))
  const object = textAt(form.body, [...path, 'object'])
  const by = choicesIn(schemaOf(form, path, 'by'))
  return (
    <fieldset className={styles.criterion} aria-label={placeOf(path)}>
      <ChoiceField
        path={[...path, 'object']}
        label={words.object}
        look="in a row"
        options={objectOptions(form)}
        // A field of one object is seldom one of another.
        onChoose={(chosen) =>
          put(form, path, { ...bodyAt(form.body, path), object: chosen, field: undefined })
        }
      />
      <ChoiceField
        path={[...path, 'field']}
        label={words.field}
        look="in a row"
        options={fieldOptions(form, object)}
      />
      <ChoiceField
        path={[...path, 'by']}
        label={words.by}
        look="in a row"
        options={by.map((value) => ({ value, label: comparisons[value] ?? value }))}
      />
      <span className={styles.icons}>
        <MoreButton
          path={path}
          known={knownOfCriterion}
          isOpen={isOpen}
          onToggle={() => setOpen(!isOpen)}
        />
        <IconButton
          label={words.removeCriterion}
          icon="close"
          onClick={() => put(form, path, undefined)}
        />
      </span>
      <FurtherFields path={path} known={knownOfCriterion} isOpen={isOpen} object={object} />
    </fieldset>
  )
}
