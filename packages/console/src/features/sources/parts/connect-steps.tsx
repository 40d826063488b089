import { Button, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import type { ConnectorView, SourceLook, TriedConnection } from '@tessera/platform/contract'
import { useState } from 'react'
import { type Body, isBody } from '../../../lib/body.ts'
import { useCell } from '../../../lib/cell.ts'
import { FormProvider } from '../../../lib/form.ts'
import { keptCell } from '../../../lib/kept.ts'
import { problemsOf } from '../../../lib/refusal.ts'
import { membersOf } from '../../../lib/schema-shape.ts'
import { texts } from '../../../lib/texts.ts'
import { Panel } from '../../../ui/page.tsx'
import { SchemaFields } from '../../../ui/schema-fields.tsx'
import { useIsKeeping } from '../../../ui/secret-field.tsx'
import { TroubleLine } from '../../../ui/trouble.tsx'
import { lookInto, tryConnection } from '../api/sources.ts'
import { connectionKeyFor } from '../keys.ts'
import { useKeys } from '../use-keys.ts'
import { KeyField } from './key-field.tsx'
import { LookTable } from './look-table.tsx'
import { OfferTable } from './offer-table.tsx'
import styles from './sources.module.css'
import { StreamStep } from './stream-step.tsx'

const words = texts.sources
const none: readonly string[] = []

/** How a system is reached and what is taken of it, as far as somebody has written. */
interface Written {
  readonly body: Body
  /** Its key; made of the name until somebody writes another one. */
  readonly connection?: string
  /** The key of a connection that is there and is to be changed. */
  readonly meant?: string | undefined
  readonly label: string
}

/** The steps after a connector was chosen; each begins when the one before is done. */
export function ConnectSteps({
  connector,
  onAnother,
}: {
  connector: ConnectorView
  onAnother: () => void
}) {
  const { written, write, isOwn, taken, connection, done, again } = useWritten(connector)
  const { body, label, meant } = written
  const settings = partOf(body, 'settings')
  const source = partOf(body, 'source')
  const asked = { connector: connector.key, settings }
  const test = useMutation({ mutationFn: () => tryConnection(asked) })
  const look = useMutation({ mutationFn: (of: Body) => lookInto({ ...asked, source: of }) })
  const change = (next: Body) => {
    // What was tried no longer says anything of other settings.
    if (JSON.stringify(next['settings']) !== JSON.stringify(settings)) test.reset()
    look.reset()
    write({ body: next })
  }
  const isKeeping = useIsKeeping()
  const refused = [test.error, look.error]
    .flatMap(problemsOf)
    .map((problem) => ({ ...problem, path: problem.at }))
  const schema = { properties: { settings: connector.settings, source: connector.source } }
  const form = { body, objects: [], schema, problems: refused, change }
  return (
    <FormProvider value={form}>
      <Panel
        title={`${connector.label}: ${words.steps.settings}`}
        aside={
          <Button size="compact-xs" variant="default" onClick={onAnother}>
            {words.another}
          </Button>
        }
      >
        <div className={styles.form}>
          <p className={styles.quiet}>{connector.about}</p>
          <div className={styles.pair}>
            <TextInput
              size="xs"
              label={words.label}
              value={label}
              onChange={(event) => write({ label: event.currentTarget.value })}
            />
            <KeyField
              label={words.key}
              about={words.keyAbout}
              value={connection}
              taken={taken}
              meant={meant}
              isOwn={isOwn}
              onChange={(next) => write({ connection: next })}
              onMean={(next) => write({ connection, meant: next })}
            />
          </div>
          <Asked path="settings" schema={connector.settings} />
          <div className={styles.actions}>
            <Button loading={test.isPending || isKeeping} onClick={() => test.mutate()}>
              {words.test}
            </Button>
            {test.data && (
              <span role="status" className={styles.good}>
                {words.works(test.data.all)}
              </span>
            )}
          </div>
          <Refused error={test.error} />
        </div>
      </Panel>
      {test.data && (
        <SourceStep
          connector={connector}
          tried={test.data}
          source={source}
          look={look}
          onSource={(of) => change({ ...body, source: of })}
        />
      )}
      {test.data && (look.data !== undefined || connector.receives) && (
        <StreamStep
          key={JSON.stringify(source)}
          of={{ connector: connector.key, connection, label, settings, source }}
          look={look.data}
          meant={isOwn ? connection : meant}
          onDefined={done}
          onUndone={again}
        />
      )}
    </FormProvider>
  )
}

/** What is written of a connection; what was defined stays in sight, but is not begun again by whoever comes back. */
function useWritten(connector: ConnectorView) {
  const cell = keptCell<Written>(`connect.${connector.key}`)
  const [defined, setDefined] = useState<Written>()
  const written = useCell(cell) ?? defined ?? fresh(connector)
  const taken = useKeys('connection') ?? none
  const connection = written.connection ?? connectionKeyFor(connector, written.label, taken)
  return {
    written,
    write: (next: Partial<Written>) => cell.set({ ...written, ...next }),
    taken,
    connection,
    // It may have further streams, as long as it is reached in the same way.
    isOwn: defined?.connection === connection && isSame(defined.body, written.body),
    done: () => {
      setDefined({ ...written, connection })
      cell.set(undefined)
    },
    again: () => {
      cell.set({ ...written, connection })
      setDefined(undefined)
    },
  }
}

const fresh = ({ label }: ConnectorView): Written => ({
  body: { settings: {}, source: {} },
  label,
})

const isSame = (one: Body, other: Body): boolean =>
  JSON.stringify(one['settings']) === JSON.stringify(other['settings'])

function SourceStep({
  connector,
  tried,
  source,
  look,
  onSource,
}: {
  connector: ConnectorView
  tried: TriedConnection
  source: Body
  look: {
    readonly data: SourceLook | undefined
    readonly error: Error | null
    readonly isPending: boolean
    readonly mutate: (of: Body) => void
  }
  onSource: (source: Body) => void
}) {
  return (
    <Panel title={words.steps.source}>
      <div className={styles.form}>
        <OfferTable
          tried={tried}
          chosen={source}
          onTake={(of) => {
            onSource(of)
            if (!connector.receives) look.mutate(of)
          }}
        />
        <details>
          <summary className={styles.summary}>{words.further}</summary>
          <Asked path="source" schema={connector.source} />
        </details>
        {!connector.receives && (
          <div className={styles.actions}>
            <Button variant="default" loading={look.isPending} onClick={() => look.mutate(source)}>
              {words.look}
            </Button>
          </div>
        )}
        <Refused error={look.error} />
        {look.data && <LookTable look={look.data} />}
      </div>
    </Panel>
  )
}

/** What a schema asks for, unless that is nothing. */
function Asked({ path, schema }: { path: 'settings' | 'source'; schema: Body }) {
  if (membersOf(schema).length === 0) return <p className={styles.quiet}>{words.noSettings}</p>
  return <SchemaFields path={[path]} schema={schema} />
}

function Refused({ error }: { error: Error | null }) {
  if (error === null) return null
  return (
    <div role="alert" className={styles.refused}>
      <TroubleLine thrown={error} />
    </div>
  )
}

function partOf(body: Body, name: string): Body {
  const part = body[name]
  return isBody(part) ? part : {}
}
