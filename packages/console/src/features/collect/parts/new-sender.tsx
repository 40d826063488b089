import { Button, Input, SegmentedControl, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { SenderAnswer } from '@tessera/platform/contract'
import { type FormEvent, useState } from 'react'
import { texts } from '../../../lib/texts.ts'
import { Panel } from '../../../ui/page.tsx'
import { TroubleLine } from '../../../ui/trouble.tsx'
import { addSender } from '../api/senders.ts'
import { slugOf } from '../slug.ts'
import styles from './senders.module.css'

const words = texts.senders.add
const kinds = ['browser', 'server'] as const

/** The form that sets up a sender. */
export function NewSenderForm({
  known,
  onAdded,
}: {
  known: readonly string[]
  onAdded: (added: SenderAnswer) => void
}) {
  const queries = useQueryClient()
  const [label, setLabel] = useState('')
  const [typedKey, setTypedKey] = useState<string>()
  const [kind, setKind] = useState<(typeof kinds)[number]>('browser')
  const key = typedKey ?? slugOf(label)
  const add = useMutation({
    mutationFn: addSender,
    onSuccess: async (added) => {
      setLabel('')
      setTypedKey(undefined)
      await queries.invalidateQueries()
      onAdded(added)
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    add.mutate({ key, sender: kind, ...(label.trim() === '' ? {} : { label: label.trim() }) })
  }
  return (
    <Panel title={words.title}>
      <form className={styles.form} onSubmit={submit}>
        <p className={styles.quiet}>{words.about}</p>
        <div className={styles.fields}>
          <TextInput
            label={words.label}
            placeholder={words.labelHint}
            value={label}
            maxLength={80}
            onChange={(event) => setLabel(event.currentTarget.value)}
          />
          <TextInput
            label={words.key}
            description={known.includes(key) ? words.keyTaken : words.keyAbout}
            inputWrapperOrder={['label', 'input', 'description']}
            value={key}
            onChange={(event) => setTypedKey(event.currentTarget.value)}
            spellCheck={false}
          />
          <Input.Wrapper
            label={words.kind}
            labelElement="div"
            description={words.kindAbout[kind]}
            inputWrapperOrder={['label', 'input', 'description']}
          >
            <SegmentedControl
              aria-label={words.kind}
              value={kind}
              onChange={(value) => setKind(value === 'server' ? 'server' : 'browser')}
              data={kinds.map((value) => ({ value, label: words.kinds[value] }))}
            />
          </Input.Wrapper>
          <Button type="submit" loading={add.isPending} disabled={key === ''} className={styles.go}>
            {words.button}
          </Button>
        </div>
        {add.error && (
          <div role="alert" className={styles.refused}>
            <TroubleLine thrown={add.error} />
          </div>
        )}
        {add.data && (
          <p role="status" className={styles.done}>
            {words.done(add.data.connection)}
          </p>
        )}
      </form>
    </Panel>
  )
}
