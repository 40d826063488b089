import { Button, Select, TagsInput, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { SourceLook } from '@tessera/platform/contract'
import { type FormEvent, useState } from 'react'
import { undoChange } from '../../../lib/definitions.ts'
import { texts } from '../../../lib/texts.ts'
import { useJob } from '../../../lib/use-job.ts'
import { LinkButton } from '../../../ui/link-button.tsx'
import { Panel } from '../../../ui/page.tsx'
import { TroubleLine } from '../../../ui/trouble.tsx'
import { WorkLine } from '../../../ui/work-line.tsx'
import { define, runStream } from '../api/sources.ts'
import { categories, keyFrom, modes, type Wanted } from '../wanted.ts'
import styles from './sources.module.css'

const words = texts.sources
const followers = [['graph'], ['streams'], ['summary']] as const

/** The last step: what the stream is called and how its rows come; then both are defined as one change. */
export function StreamStep({
  of,
  look,
  onDefined,
}: {
  of: Pick<Wanted, 'connector' | 'connection' | 'label' | 'settings' | 'source'>
  look: SourceLook | undefined
  onDefined: () => void
}) {
  const queries = useQueryClient()
  const [stream, setStream] = useState(keyFrom(look?.batch ?? of.connection) || of.connection)
  const [mode, setMode] = useState<Wanted['mode']>(look ? 'full' : 'append')
  const [category, setCategory] = useState<Wanted['category']>('profile')
  const [primaryKey, setPrimaryKey] = useState<string[]>(keyOf(look))
  const [schedule, setSchedule] = useState('')
  const renew = () => queries.invalidateQueries()
  const create = useMutation({
    mutationFn: define,
    onSuccess: () => {
      onDefined()
      return renew()
    },
  })
  const undo = useMutation({ mutationFn: undoChange, onSuccess: renew })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    undo.reset()
    create.mutate({ ...of, stream, mode, category, primaryKey, schedule })
  }
  const change = create.data?.change?.number
  return (
    <Panel title={words.steps.stream}>
      <form className={styles.form} onSubmit={submit}>
        <div className={styles.pair}>
          <TextInput
            size="xs"
            label={words.streamKey}
            value={stream}
            onChange={(event) => setStream(event.currentTarget.value)}
            spellCheck={false}
          />
          <Select
            size="xs"
            label={words.mode}
            allowDeselect={false}
            data={modes.map((value) => ({ value, label: words.modes[value] }))}
            value={mode}
            onChange={(value) => setMode(modes.find((one) => one === value) ?? 'full')}
          />
          <TagsInput
            size="xs"
            label={words.primaryKey}
            description={words.primaryKeyAbout}
            inputWrapperOrder={['label', 'input', 'description']}
            // Of what is only sent later the fields are not known yet.
            data={look?.fields.map(({ name }) => name) ?? []}
            value={primaryKey}
            onChange={setPrimaryKey}
          />
          <Select
            size="xs"
            label={words.category}
            allowDeselect={false}
            data={categories.map((value) => ({ value, label: words.categories[value] }))}
            value={category}
            onChange={(value) => setCategory(categories.find((one) => one === value) ?? 'other')}
          />
          {look && (
            <TextInput
              size="xs"
              label={words.schedule}
              placeholder={words.scheduleHint}
              value={schedule}
              onChange={(event) => setSchedule(event.currentTarget.value)}
              spellCheck={false}
            />
          )}
        </div>
        <div className={styles.actions}>
          <Button type="submit" loading={create.isPending} disabled={stream === ''}>
            {words.create}
          </Button>
        </div>
        {(create.error ?? undo.error) && (
          <div role="alert" className={styles.refused}>
            <TroubleLine thrown={create.error ?? undo.error} />
          </div>
        )}
        {create.data &&
          (undo.isSuccess ? (
            <p role="status">{words.undone}</p>
          ) : (
            <Created
              stream={stream}
              onUndo={change === undefined ? undefined : () => undo.mutate(change)}
            />
          ))}
      </form>
    </Panel>
  )
}

function Created({ stream, onUndo }: { stream: string; onUndo: (() => void) | undefined }) {
  const run = useJob(() => runStream(stream), followers)
  return (
    <>
      <div className={styles.actions} role="status">
        <span className={styles.good}>{words.created(stream)}</span>
        <Button size="xs" loading={run.isBusy} onClick={() => run.start(undefined)}>
          {words.run}
        </Button>
        <LinkButton to={`/mappings/${stream}`} icon="model">
          {words.map}
        </LinkButton>
        {onUndo && (
          <Button size="xs" variant="subtle" onClick={onUndo}>
            {words.undo}
          </Button>
        )}
      </div>
      <WorkLine work={run} running={words.running} failed={words.failed} />
    </>
  )
}

/** The field that looks like a key: it is called so, and every record has it. */
function keyOf(look: SourceLook | undefined): string[] {
  const named = look?.fields.find(
    ({ name, filled }) => filled === 1 && /^(id|key|uuid|.*_(id|key|no|number))$/.test(name),
  )
  return named === undefined ? [] : [named.name]
}
