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
import { adopt, parkedQuery } from '../api/senders.ts'
import styles from './senders.module.css'

const words = texts.senders.parked

/** What came with keys that open nothing, and to whom it may be given. */
export function ParkedPart({ senders }: { senders: readonly string[] }) {
  const parked = useQuery(parkedQuery)
  const queries = useQueryClient()
  const give = useMutation({ mutationFn: adopt, onSuccess: () => queries.invalidateQueries() })
  return (
    <Panel title={words.title} flush="flush">
      {give.data && (
        <p role="status" className={styles.told}>
          {words.adopted(give.data.adopted, give.data.duplicates)}
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
                    key={key.write_key}
                    parked={key}
                    senders={senders}
                    isBusy={give.isPending && give.variables.write_key === key.write_key}
                    thrown={give.variables?.write_key === key.write_key ? give.error : null}
                    onAdopt={(connection, keep_key) =>
                      give.mutate({ write_key: key.write_key, connection, keep_key })
                    }
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
  onAdopt: (connection: string, keep: boolean) => void
}) {
  const [chosen, setChosen] = useState<string | null>(null)
  const [isKept, setKept] = useState(true)
  const to = chosen ?? (senders.length === 1 ? senders[0] : undefined)
  return (
    <li className={styles.parked}>
      <div className={styles.parkedHead}>
        <code className={styles.code}>{parked.write_key}</code>
        <span className={styles.hint}>
          {words.count(parked.count)} · {words.last} <Ago time={parked.last_at} /> · {words.goes}{' '}
          <Ago time={parked.goes_at} />
        </span>
      </div>
      {senders.length === 0 ? (
        <p className={styles.quiet}>{words.noSender}</p>
      ) : (
        <div className={styles.adopt}>
          <Select
            aria-label={words.connection}
            placeholder={words.choose}
            data={[...senders]}
            value={to ?? null}
            onChange={setChosen}
            w={200}
          />
          <Checkbox
            label={words.keep}
            checked={isKept}
            onChange={(event) => setKept(event.currentTarget.checked)}
          />
          <Button
            variant="default"
            loading={isBusy}
            disabled={to === undefined}
            onClick={() => to !== undefined && onAdopt(to, isKept)}
          >
            {words.adopt}
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
