import { useState } from 'react'
import { bodyAt, listAt, textAt, withEntry } from '../../../lib/body.ts'
import { fieldOptions, put, useForm } from '../../../lib/form.ts'
import { texts } from '../../../lib/texts.ts'
import styles from '../../../ui/editor.module.css'
import {
  AddButton,
  ChoiceField,
  FurtherFields,
  IconButton,
  MoreButton,
  NumberField,
  TextsField,
} from '../../../ui/form-inputs.tsx'
import { objectOptions } from '../objects.ts'
import shared from './identity.module.css'
import { AddByName } from './reconcile-form.tsx'

const words = texts.identity.editor

const known = [
  'block',
  'blocked',
  'records_per_profile',
  'most_changed',
  'identifiers',
  'clean_streams',
]

/** What keeps records apart although a rule would join them. */
export function LimitsForm() {
  return (
    <fieldset className={styles.group}>
      <legend className={styles.legend}>{words.limits}</legend>
      <div className={styles.pairOfFields}>
        <NumberField path={['limits', 'block']} label={words.block} hint={words.blockHint} />
        <NumberField
          path={['limits', 'records_per_profile']}
          label={words.recordsPerProfile}
          hint={words.recordsPerProfileHint}
        />
        <NumberField
          path={['limits', 'most_changed']}
          label={words.mostChanged}
          hint={words.mostChangedHint}
        />
      </div>
      <p className={shared.small}>{words.mostChangedHelp}</p>
      <FurtherFields path={['limits']} known={known} isOpen />
      <TextsField path={['limits', 'clean_streams']} label={words.cleanStreams} />
      <IdentifiersForm />
      <BlockedForm />
    </fieldset>
  )
}

const identifiersPath = ['limits', 'identifiers'] as const

function IdentifiersForm() {
  const form = useForm()
  const identifiers = listAt(form.body, identifiersPath)
  const remove = (i: number) =>
    put(form, identifiers.length === 1 ? identifiersPath : [...identifiersPath, i], undefined)
  return (
    <>
      <span className={styles.subtitle}>{words.identifiers}</span>
      {identifiers.map((_, i) => (
        // An identifier has no name; its place is what it is known by.
        <IdentifierForm key={i} place={i} onRemove={() => remove(i)} />
      ))}
      <AddButton
        label={words.addIdentifier}
        onClick={() =>
          form.change(withEntry(form.body, identifiersPath, { object: textAt(form.body, ['on']) }))
        }
      />
    </>
  )
}

const knownOfIdentifier = ['object', 'field', 'most']

function IdentifierForm({ place, onRemove }: { place: number; onRemove: () => void }) {
  const form = useForm()
  const [isOpen, setOpen] = useState(false)
  const path = [...identifiersPath, place]
  const object = textAt(form.body, [...path, 'object'])
  return (
    <fieldset className={styles.criterion} aria-label={`${words.identifiers} ${place + 1}`}>
      <ChoiceField
        path={[...path, 'object']}
        label={words.object}
        look="in a row"
        options={objectOptions(form)}
      />
      <ChoiceField
        path={[...path, 'field']}
        label={words.field}
        look="in a row"
        options={fieldOptions(form, object)}
      />
      <NumberField path={[...path, 'most']} label={words.most} look="in a row" />
      <span className={styles.icons}>
        <MoreButton
          path={path}
          known={knownOfIdentifier}
          isOpen={isOpen}
          onToggle={() => setOpen(!isOpen)}
        />
        <IconButton label={words.removeIdentifier} icon="close" onClick={onRemove} />
      </span>
      <FurtherFields path={path} known={knownOfIdentifier} isOpen={isOpen} object={object} />
    </fieldset>
  )
}

function BlockedForm() {
  const form = useForm()
  const blocked = Object.keys(bodyAt(form.body, ['limits', 'blocked']))
  const used = listAt(form.body, ['match']).flatMap((_, i) =>
    listAt(form.body, ['match', i, 'all']).map((__, j) => {
      const at = (member: string) => textAt(form.body, ['match', i, 'all', j, member])
      return `${at('object')}.${at('field')}`
    }),
  )
  const free = [...new Set(used)].filter((address) => !blocked.includes(address))
  return (
    <>
      <span className={styles.subtitle}>{words.blocked}</span>
      {blocked.map((address) => (
        <div key={address} className={styles.entry}>
          <span className={styles.entryName}>{address}</span>
          <TextsField
            path={['limits', 'blocked', address]}
            label={words.blockedValues}
            look="in a row"
          />
          <IconButton
            label={words.removeBlocked}
            icon="close"
            onClick={() => put(form, ['limits', 'blocked', address], undefined)}
          />
        </div>
      ))}
      {blocked.length === 0 && <span className={shared.small}>{texts.none}</span>}
      <AddByName
        label={words.addBlocked}
        options={free.map((value) => ({ value, label: value }))}
        onAdd={(address) => put(form, ['limits', 'blocked', address], [])}
      />
    </>
  )
}
