import { Button, Checkbox, Select } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { ParkedKey } from '@tessera/platform/contract'
import { useState } from 'react'
import { texts } from '../../../lib/texts.ts'
import { Ago } from '../../../ui/ago.tsx'
import { Answer } from '../../../ui/answer.tsx'
import { EmptyState } from '../../../ui/empty-state.tsx'
import { JsonTree } from '../../../ui/json-tree.tsx'
import { Panel } from '../../../ui/page.tsx'
import { TroubleLine } from '../../../ui/trouble.tsx'
import { type Adoption, adopt, parkedQuery } from '../api/senders.ts'
import styles from './senders.module.css'

const words = texts.senders.parked

/** What found no stream that takes it, and to whom it may be given. */
export function ParkedPart({ senders }: { senders: readonly string[] }) {
  const parked = useQuery(parkedQuery)
  const queries = useQueryClient()
  const give = useMutation({ mutationFn: adopt, onSuccess: () => queries.invalidateQueries() })
  return (
    <Panel title={words.title} flush="flush">
      {give.data && (
        <p role="status" className={styles.told}>
          {words.adopted(give.data)}
        </p>
      )}
      <Answer query={parked} height={140}>
        {(keys) =>
          keys.length === 0 ? (
            <EmptyState icon="key" title={words.empty}>
              {words.emptyHelp}
            </EmptyState>
          ) : (
            <>
              <p className={styles.about}>{words.about}</p>
              <ul>
                {keys.map((key) => (
                  <Parked
                    key={placeOf(key)}
                    parked={key}
                    senders={senders}
                    isBusy={give.isPending && placeOf(give.variables) === placeOf(key)}
                    thrown={
                      give.variables && placeOf(give.variables) === placeOf(key) ? give.error : null
                    }
                    onAdopt={(to) => give.mutate({ write_key: key.write_key, ...to })}
                  />
                ))}
              </ul>
            </>
          )
        }
      </Answer>
    </Panel>
  )
}

/** What tells one group of parked events from another. */
const placeOf = ({ write_key, stream = '' }: { write_key: string; stream?: string }) =>
  `${write_key} ${stream}`

function Parked({
  parked,
  senders,
  isBusy,
  thrown,
  onAdopt,
}: {
  parked: ParkedKey
  senders: readonly string[]
  isBusy: boolean
  thrown: Error | null
  onAdopt: (to: Omit<Adoption, 'write_key'>) => void
}) {
  return (
    <li className={styles.parked}>
      <div className={styles.parkedHead}>
        <code className={styles.code}>
          {parked.stream === '' ? parked.write_key || words.noKey : words.stream(parked.stream)}
        </code>
        <span className={styles.hint}>
          {words.count(parked.count)} · {words.last} <Ago time={parked.last_at} /> · {words.goes}{' '}
          <Ago time={parked.goes_at} />
        </span>
      </div>
      {parked.stream === '' ? (
        <ToSender
          senders={senders}
          hasKey={parked.write_key !== ''}
          isBusy={isBusy}
          onAdopt={onAdopt}
        />
      ) : (
        <div className={styles.adopt}>
          <Button
            variant="default"
            loading={isBusy}
            onClick={() => onAdopt({ stream: parked.stream })}
          >
            {words.putBack}
          </Button>
        </div>
      )}
      {thrown && (
        <div role="alert" className={styles.refused}>
          <TroubleLine thrown={thrown} />
        </div>
      )}
      <details className={styles.examples}>
        <summary>{words.examples}</summary>
        {parked.examples.map((example) => (
          <JsonTree key={JSON.stringify(example)} value={example} open={1} />
        ))}
      </details>
    </li>
  )
}

/** Chooses the sender that parked events were meant for. */
function ToSender({
  senders,
  hasKey,
  isBusy,
  onAdopt,
}: {
  senders: readonly string[]
  hasKey: boolean
  isBusy: boolean
  onAdopt: (to: Omit<Adoption, 'write_key'>) => void
}) {
  const [chosen, setChosen] = useState<string | null>(null)
  const [isKept, setKept] = useState(true)
  const to = chosen ?? (senders.length === 1 ? senders[0] : undefined)
  if (senders.length === 0) return <p className={styles.quiet}>{words.noSender}</p>
  return (
    <div className={styles.adopt}>
      <Select
        aria-label={words.connection}
        placeholder={words.choose}
        data={[...senders]}
        value={to ?? null}
        onChange={setChosen}
        w={200}
      />
      {hasKey && (
        <Checkbox
          label={words.keep}
          checked={isKept}
          onChange={(event) => setKept(event.currentTarget.checked)}
        />
      )}
      <Button
        variant="default"
        loading={isBusy}
        disabled={to === undefined}
        onClick={() => to !== undefined && onAdopt({ connection: to, keep_key: hasKey && isKept })}
      >
        {words.adopt}
      </Button>
    </div>
  )
}
