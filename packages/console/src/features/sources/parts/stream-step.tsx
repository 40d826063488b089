import { Button, Select, TagsInput, TextInput } from '@mantine/core'
import { type QueryClient, useMutation, useQueryClient } from '@tanstack/react-query'
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
import { streamKeyFor, troubleWith } from '../keys.ts'
import { askKeys, useKeys } from '../use-keys.ts'
import { categories, modes, type Wanted } from '../wanted.ts'
import { KeyField } from './key-field.tsx'
import styles from './sources.module.css'

const words = texts.sources
const followers = [['graph'], ['streams'], ['summary']] as const

/** The keys that definitions have. */
interface Taken {
  readonly connections: readonly string[]
  readonly streams: readonly string[]
}

/** The last step: what the stream is called and how its rows come; then both are defined as one change. */
export function StreamStep({
  of,
  look,
  meant,
  onDefined,
  onUndone,
}: {
  of: Pick<Wanted, 'connector' | 'connection' | 'label' | 'settings' | 'source'>
  look: SourceLook | undefined
  /** The key of the connection that is there and is to be changed. */
  meant: string | undefined
  onDefined: () => void
  onUndone: () => void
}) {
  const queries = useQueryClient()
  const keys = useStreamKey({ connection: of.connection, batch: look?.batch, meant })
  const { stream } = keys
  const [mode, setMode] = useState<Wanted['mode']>(look ? 'full' : 'append')
  const [category, setCategory] = useState<Wanted['category']>('profile')
  const [primaryKey, setPrimaryKey] = useState<string[]>(keyOf(look))
  const [schedule, setSchedule] = useState('')
  const renew = () => queries.invalidateQueries()
  const create = useMutation({
    // Somebody else may have taken the keys since they were asked for.
    mutationFn: async (wanted: Wanted) =>
      keys.areSound(await askBoth(queries)) ? define(wanted) : undefined,
    onSuccess: (changed, wanted) => {
      if (changed === undefined) return undefined
      keys.own(wanted.stream)
      onDefined()
      return renew()
    },
  })
  const undo = useMutation({
    mutationFn: undoChange,
    onSuccess: () => {
      keys.own(undefined)
      onUndone()
      return renew()
    },
  })
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
          <KeyField label={words.streamKey} about={words.streamKeyAbout} {...keys.field} />
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
          <Button
            type="submit"
            loading={create.isPending}
            disabled={keys.known === undefined || !keys.areSound(keys.known)}
          >
            {words.create}
          </Button>
          {keys.known && !keys.areSound(keys.known) && (
            <span className={styles.quiet}>{words.seeKeys}</span>
          )}
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
              stream={create.variables.stream}
              onUndo={change === undefined ? undefined : () => undo.mutate(change)}
            />
          ))}
      </form>
    </Panel>
  )
}

/** The key of the stream, made of what it takes until somebody writes another one, and whether both keys can be had. */
function useStreamKey({
  connection,
  batch,
  meant,
}: {
  connection: string
  batch: string | undefined
  meant: string | undefined
}) {
  const connections = useKeys('connection')
  const streams = useKeys('stream')
  const [written, setWritten] = useState<string>()
  const [meantStream, setMeantStream] = useState<string>()
  const [ownStream, setOwnStream] = useState<string>()
  const stream = written ?? streamKeyFor(connection, batch, streams ?? [])
  const isOwn = stream === ownStream
  const known = connections && streams && { connections, streams }
  const meantHere = isOwn ? stream : meantStream
  return {
    stream,
    /** What has which key, once it is known. */
    known,
    areSound: (keys: Taken) =>
      troubleWith(connection, { taken: keys.connections, meant }) === undefined &&
      troubleWith(stream, { taken: keys.streams, meant: meantHere }) === undefined,
    /** Remembers the key of what was defined here. */
    own: (key: string | undefined) => {
      setWritten(stream)
      setOwnStream(key)
    },
    field: {
      value: stream,
      taken: streams ?? [],
      meant: meantStream,
      isOwn,
      onChange: setWritten,
      onMean: (key: string | undefined) => {
        setWritten(stream)
        setMeantStream(key)
      },
    },
  }
}

const askBoth = async (queries: QueryClient): Promise<Taken> => {
  const [connections, streams] = await Promise.all([
    askKeys(queries, 'connection'),
    askKeys(queries, 'stream'),
  ])
  return { connections, streams }
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
