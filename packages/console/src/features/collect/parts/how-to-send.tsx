import { Button, Select, Tabs } from '@mantine/core'
import type { WriteKey } from '@tessera/platform/contract'
import { useState } from 'react'
import { texts } from '../../../lib/texts.ts'
import { Copyable } from '../../../ui/copyable.tsx'
import { Panel } from '../../../ui/page.tsx'
import { Say } from '../../../ui/say.tsx'
import { snippetsFor } from '../snippets.ts'
import styles from './senders.module.css'

const words = texts.senders.how

/** The lines with which a sender sends, for each place it may run in. */
export function HowToSend({
  connection,
  keys,
  onClose,
}: {
  connection: string
  keys: readonly WriteKey[]
  onClose: () => void
}) {
  const open = keys.filter((one) => one.connection === connection && one.closedAt === undefined)
  const [chosen, setChosen] = useState<string | null>(null)
  const key = open.find((one) => one.key === chosen) ?? open.at(-1)
  return (
    <Panel
      title={words.title(connection)}
      aside={
        <Button size="compact-xs" variant="default" onClick={onClose}>
          {words.close}
        </Button>
      }
    >
      {key === undefined ? (
        <p className={styles.quiet}>{words.noKey}</p>
      ) : (
        <div className={styles.how}>
          {open.length > 1 && (
            <Select
              label={words.key}
              data={open.map((one) => ({ value: one.key, label: `${one.label} · ${one.key}` }))}
              value={key.key}
              onChange={setChosen}
              allowDeselect={false}
              maw={420}
            />
          )}
          <Lines writeKey={key.key} />
        </div>
      )}
    </Panel>
  )
}

function Lines({ writeKey }: { writeKey: string }) {
  const snippets = snippetsFor({ host: location.origin, writeKey }, 'browser')
  return (
    <Tabs defaultValue={snippets[0]?.key ?? null} keepMounted={false}>
      <Tabs.List className={styles.tabs}>
        {snippets.map(({ key, title }) => (
          <Tabs.Tab key={key} value={key}>
            {title}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {snippets.map(({ key, say, text }) => (
        <Tabs.Panel key={key} value={key} className={styles.lines}>
          <p className={styles.say}>
            <Say text={say} />
          </p>
          <Copyable label={words.hidden} text={text} />
        </Tabs.Panel>
      ))}
    </Tabs>
  )
}
