import { Button, Popover, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { DefinitionAnswer } from '@tessera/platform/contract'
import { type FormEvent, useState } from 'react'
import type { Chart } from '../../../lib/chart.ts'
import { putDefinition } from '../../../lib/definitions.ts'
import { texts } from '../../../lib/texts.ts'
import shared from '../../../ui/lines.module.css'
import { TroubleLine } from '../../../ui/trouble.tsx'
import { bodyOf, freeKey, nameOf, sqlOf } from '../saved.ts'
import styles from './explore.module.css'

const words = texts.explore.saved

/** Saves a question over the one that is open, or as a new one. */
export function SaveTools({
  opened,
  all,
  sql,
  chart,
  onOpen,
}: {
  opened: DefinitionAnswer | undefined
  all: readonly DefinitionAnswer[]
  sql: string
  chart: Chart | undefined
  onOpen: (key: string) => void
}) {
  const queries = useQueryClient()
  const save = useMutation({
    mutationFn: putDefinition,
    onSuccess: async (_, { key }) => {
      await queries.invalidateQueries({ queryKey: ['definitions'] })
      onOpen(key)
    },
  })
  const isSame = opened !== undefined && sqlOf(opened) === sql && chart === undefined
  const over = () =>
    opened &&
    save.mutate({
      kind: 'query',
      key: opened.key,
      body: bodyOf(opened.body, { label: nameOf(opened), sql, chart }),
      over: opened.version,
    })
  const asNew = (label: string) => {
    const key = freeKey(
      label,
      all.map((one) => one.key),
    )
    save.mutate({ kind: 'query', key, body: bodyOf(undefined, { label, sql, chart }), over: 0 })
  }
  return (
    <span className={shared.actions}>
      <span role="status" className={styles.quiet}>
        {save.isSuccess && isSame && words.kept(nameOf(opened))}
        {opened && !isSame && words.changed}
      </span>
      {save.error && (
        <span role="alert" className={shared.bad}>
          <TroubleLine thrown={save.error} />
        </span>
      )}
      {opened && (
        <Button size="compact-sm" disabled={isSame} loading={save.isPending} onClick={over}>
          {words.save}
        </Button>
      )}
      <NewName isDisabled={sql.trim() === ''} onName={asNew} />
    </span>
  )
}

function NewName({ isDisabled, onName }: { isDisabled: boolean; onName: (name: string) => void }) {
  const [isOpen, setOpen] = useState(false)
  const [name, setName] = useState('')
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setOpen(false)
    setName('')
    onName(name.trim())
  }
  return (
    <Popover opened={isOpen} onChange={setOpen} trapFocus returnFocus withArrow width={280}>
      <Popover.Target>
        <Button
          size="compact-sm"
          variant="default"
          disabled={isDisabled}
          onClick={() => setOpen(!isOpen)}
        >
          {words.saveNew}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <form className={styles.question} onSubmit={submit}>
          <TextInput
            size="xs"
            label={words.name}
            value={name}
            onChange={({ currentTarget }) => setName(currentTarget.value)}
          />
          <span className={shared.actions}>
            <Button type="submit" size="xs" disabled={name.trim() === ''}>
              {words.keep}
            </Button>
            <Button size="xs" variant="default" onClick={() => setOpen(false)}>
              {texts.cancel}
            </Button>
          </span>
        </form>
      </Popover.Dropdown>
    </Popover>
  )
}
