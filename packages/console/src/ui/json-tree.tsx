import { Button } from '@mantine/core'
import { useState } from 'react'
import { formatCount } from '../lib/format.ts'
import { texts } from '../lib/texts.ts'
import styles from './json-tree.module.css'

const mostAtOnce = 100

/** Any JSON as a tree whose branches open and close; the first levels are open. */
export function JsonTree({ value, open = 2 }: { value: unknown; open?: number }) {
  return (
    <div className={styles.tree}>
      <Branch value={value} open={open} />
    </div>
  )
}

function Branch({ name, value, open }: { name?: string; value: unknown; open: number }) {
  const members = membersOf(value)
  const [isOpen, setOpen] = useState(open > 0)
  if (members === undefined || members.length === 0) return <Leaf name={name} value={value} />
  return (
    <details
      className={styles.branch}
      open={isOpen}
      onToggle={(event) => setOpen(event.currentTarget.open)}
    >
      <summary className={styles.summary}>
        {name !== undefined && <span className={styles.name}>{name}</span>}{' '}
        <span className={styles.size}>
          {Array.isArray(value) ? `[${formatCount(members.length)}]` : `{${members.length}}`}
        </span>
      </summary>
      {isOpen && <Members members={members} open={open - 1} />}
    </details>
  )
}

function Members({
  members,
  open,
}: {
  members: readonly (readonly [string, unknown])[]
  open: number
}) {
  const [most, setMost] = useState(mostAtOnce)
  return (
    <ul className={styles.members}>
      {members.slice(0, most).map(([name, member]) => (
        <li key={name}>
          <Branch name={name} value={member} open={open} />
        </li>
      ))}
      {members.length > most && (
        <li>
          <Button
            size="compact-xs"
            variant="default"
            onClick={() => setMost((now) => now + mostAtOnce)}
          >
            {texts.more}
          </Button>
        </li>
      )}
    </ul>
  )
}

function Leaf({ name, value }: { name: string | undefined; value: unknown }) {
  return (
    <span className={styles.leaf}>
      {name !== undefined && <span className={styles.name}>{name}</span>}{' '}
      <span className={styles.value} data-kind={value === null ? 'null' : typeof value}>
        {JSON.stringify(value)}
      </span>
    </span>
  )
}

const membersOf = (value: unknown) =>
  typeof value === 'object' && value !== null ? Object.entries(value) : undefined
