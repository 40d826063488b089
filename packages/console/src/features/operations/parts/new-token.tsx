import { Button, Checkbox, SegmentedControl, Textarea, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { MadeToken, NewToken as Wanted } from '@tessera/platform/contract'
import { type FormEvent, useState } from 'react'
import { problemsOf } from '../../../lib/refusal.ts'
import { texts } from '../../../lib/texts.ts'
import { Copyable } from '../../../ui/copyable.tsx'
import { TroubleLine } from '../../../ui/trouble.tsx'
import { makeToken, tokensQuery } from '../api/operations.ts'
import { frameFor, originsIn } from '../embedding.ts'
import styles from './operations.module.css'

const words = texts.tokens
const rights = ['read', 'write', 'admin'] as const
type Right = (typeof rights)[number]
const kinds = ['embed', 'other'] as const
type Kind = (typeof kinds)[number]

/** Makes a token: one for another tool's window, or one with rights. What was made is shown this once. */
export function NewToken() {
  const queries = useQueryClient()
  const [isOpen, setOpen] = useState(false)
  const make = useMutation({
    mutationFn: makeToken,
    onSuccess: () => queries.invalidateQueries({ queryKey: tokensQuery.queryKey }),
  })
  const close = () => {
    make.reset()
    setOpen(false)
  }
  if (make.data) return <Made made={make.data} onClose={close} />
  if (isOpen)
    return (
      <Form
        refused={make.error}
        isBusy={make.isPending}
        onMake={(wanted) => make.mutate(wanted)}
        onClose={close}
      />
    )
  return (
    <div className={styles.filters}>
      <Button size="xs" onClick={() => setOpen(true)}>
        {words.make}
      </Button>
    </div>
  )
}

function Made({ made, onClose }: { made: MadeToken; onClose: () => void }) {
  const { secret, token } = made
  return (
    <div className={styles.form} role="status">
      <strong>{words.made}</strong>
      <Copyable label={token.name} text={secret} />
      {token.origins && (
        <>
          <p>{words.frame}</p>
          <Copyable label={words.frame} text={frameFor(location.origin, made)} />
        </>
      )}
      <span>
        <Button size="xs" variant="default" onClick={onClose}>
          {words.done}
        </Button>
      </span>
    </div>
  )
}

function Form({
  refused,
  isBusy,
  onMake,
  onClose,
}: {
  refused: Error | null
  isBusy: boolean
  onMake: (wanted: Wanted) => void
  onClose: () => void
}) {
  const [kind, setKind] = useState<Kind>('embed')
  const [name, setName] = useState('')
  const [may, setMay] = useState<readonly Right[]>(['read'])
  const [origins, setOrigins] = useState('')
  const [space, setSpace] = useState('')
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (kind === 'other') return onMake({ name, rights: [...may] })
    const limit = space.trim() === '' ? {} : { space: space.trim() }
    onMake({ name, rights: ['read_customers'], origins: [...originsIn(origins)], ...limit })
  }
  const problem = (field: string) => problemAt(refused, field)
  return (
    <form className={styles.form} onSubmit={submit}>
      <SegmentedControl
        aria-label={words.kind}
        size="xs"
        value={kind}
        onChange={(value) => setKind(kinds.find((known) => known === value) ?? 'embed')}
        data={kinds.map((value) => ({ value, label: words.kinds[value] }))}
      />
      <TextInput
        size="xs"
        label={words.name}
        description={words.nameAbout}
        value={name}
        error={problem('name')}
        onChange={({ currentTarget }) => setName(currentTarget.value)}
        data-autofocus
      />
      {kind === 'embed' ? (
        <>
          <Textarea
            size="xs"
            label={words.origins}
            description={words.originsAbout}
            autosize
            minRows={2}
            value={origins}
            error={problem('origins')}
            onChange={({ currentTarget }) => setOrigins(currentTarget.value)}
            spellCheck={false}
          />
          <TextInput
            size="xs"
            label={words.onlySpace}
            description={words.onlySpaceAbout}
            value={space}
            error={problem('space')}
            onChange={({ currentTarget }) => setSpace(currentTarget.value)}
            spellCheck={false}
          />
        </>
      ) : (
        <Checkbox.Group
          size="xs"
          label={words.may}
          value={[...may]}
          error={problem('rights')}
          onChange={(chosen) => setMay(rights.filter((right) => chosen.includes(right)))}
        >
          <div className={styles.choices}>
            {rights.map((right) => (
              <Checkbox key={right} size="xs" value={right} label={words.rights[right]} />
            ))}
          </div>
        </Checkbox.Group>
      )}
      {refused && fields.every((field) => problem(field) === undefined) && (
        <div role="alert">
          <TroubleLine thrown={refused} />
        </div>
      )}
      <span className={styles.choices}>
        <Button size="xs" type="submit" loading={isBusy}>
          {words.button}
        </Button>
        <Button size="xs" variant="default" onClick={onClose}>
          {texts.cancel}
        </Button>
      </span>
    </form>
  )
}

const fields = ['name', 'origins', 'space', 'rights']

/** What is wrong with a field; the server speaks of `body.name`, or of one origin of several. */
const problemAt = (refused: Error | null, field: string): string | undefined =>
  problemsOf(refused).find(({ at }) => at.replace(/^body\./, '').startsWith(field))?.say
