import { Button, PasswordInput, Popover, Select, TextInput } from '@mantine/core'
import { useIsMutating, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { type Path, textAt } from '../lib/body.ts'
import { problemAt, put, useForm } from '../lib/form.ts'
import { secretsQuery, setSecret } from '../lib/secrets.ts'
import { texts } from '../lib/texts.ts'
import shared from './lines.module.css'
import styles from './secret-field.module.css'
import { TroubleLine } from './trouble.tsx'

const words = texts.secret

/** Whether a secret is being kept: what speaks of it is not whole until it is. */
export const useIsKeeping = (): boolean => useIsMutating({ mutationKey: secretsQuery.queryKey }) > 0

/** Which secret a definition speaks of; a new one can be set here, and is never shown again. */
export function SecretField({ path, label }: { path: Path; label: string }) {
  const form = useForm()
  const { data: secrets = [] } = useQuery(secretsQuery)
  const place = [...path, 'secret']
  const value = textAt(form.body, place)
  const names = new Set([...secrets.map(({ name }) => name), ...(value === '' ? [] : [value])])
  return (
    <div className={styles.row}>
      <Select
        size="xs"
        label={label}
        placeholder={words.none}
        clearable
        searchable
        value={value === '' ? null : value}
        data={[...names].toSorted()}
        error={problemAt(form, place) ?? problemAt(form, path)}
        onChange={(chosen) => put(form, place, chosen ?? undefined)}
      />
      <NewSecret of={label} onKept={(name) => put(form, place, name)} />
    </div>
  )
}

function NewSecret({ of, onKept }: { of: string; onKept: (name: string) => void }) {
  const queries = useQueryClient()
  const [isOpen, setOpen] = useState(false)
  const [name, setName] = useState('')
  const [value, setValue] = useState('')
  const keep = useMutation({
    mutationKey: secretsQuery.queryKey,
    mutationFn: setSecret,
    onSuccess: async () => {
      setOpen(false)
      setValue('')
      onKept(name)
      await queries.invalidateQueries({ queryKey: secretsQuery.queryKey })
    },
  })
  return (
    <Popover opened={isOpen} onChange={setOpen} trapFocus returnFocus withArrow width={320}>
      <Popover.Target>
        <Button
          size="xs"
          variant="default"
          aria-label={`${words.set}: ${of}`}
          onClick={() => setOpen(!isOpen)}
        >
          {words.set}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <div className={styles.new}>
          <TextInput
            size="xs"
            label={words.name}
            value={name}
            onChange={({ currentTarget }) => setName(currentTarget.value)}
            spellCheck={false}
          />
          <PasswordInput
            size="xs"
            label={words.value}
            description={words.about}
            value={value}
            onChange={({ currentTarget }) => setValue(currentTarget.value)}
            autoComplete="new-password"
          />
          {keep.error && (
            <div role="alert" className={shared.bad}>
              <TroubleLine thrown={keep.error} />
            </div>
          )}
          <span className={shared.actions}>
            <Button
              size="xs"
              disabled={name === '' || value === ''}
              loading={keep.isPending}
              onClick={() => keep.mutate({ name, value })}
            >
              {words.keep}
            </Button>
            <Button size="xs" variant="default" onClick={() => setOpen(false)}>
              {texts.cancel}
            </Button>
          </span>
        </div>
      </Popover.Dropdown>
    </Popover>
  )
}
