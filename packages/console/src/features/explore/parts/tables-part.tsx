import { TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { Relations } from '@tessera/platform/contract'
import { useState } from 'react'
import { relationsQuery } from '../../../lib/sql.ts'
import { texts } from '../../../lib/texts.ts'
import { Answer } from '../../../ui/answer.tsx'
import { EmptyState } from '../../../ui/empty-state.tsx'
import { Icon } from '../../../ui/icons.tsx'
import styles from './explore.module.css'

const words = texts.explore.tables

/** What can be read, with its columns; a name that is pressed goes into the question. */
export function TablesPart({ onInsert }: { onInsert: (text: string) => void }) {
  const relations = useQuery(relationsQuery)
  const [typed, setTyped] = useState('')
  return (
    <>
      <div className={styles.find}>
        <TextInput
          size="xs"
          type="search"
          aria-label={words.search}
          placeholder={words.hint}
          value={typed}
          onChange={({ currentTarget }) => setTyped(currentTarget.value)}
          leftSection={<Icon name="search" size={13} />}
        />
      </div>
      <Answer query={relations} height={320}>
        {(all) => <Tree all={all} word={typed.trim().toLowerCase()} onInsert={onInsert} />}
      </Answer>
    </>
  )
}

function Tree({
  all,
  word,
  onInsert,
}: {
  all: Relations
  word: string
  onInsert: (text: string) => void
}) {
  if (all.length === 0)
    return (
      <EmptyState icon="model" title={words.empty}>
        {words.emptyHelp}
      </EmptyState>
    )
  const holds = (name: string) => name.toLowerCase().includes(word)
  const found = all.filter(
    ({ name, columns }) => holds(name) || columns.some((column) => holds(column.name)),
  )
  if (found.length === 0) return <p className={styles.nothing}>{words.none}</p>
  return (
    <ul className={styles.tree}>
      {found.map((relation) => (
        <Branch
          key={relation.name}
          relation={relation}
          // Where a column is looked for, it is seen at once.
          isOpen={word !== '' && !holds(relation.name)}
          onInsert={onInsert}
        />
      ))}
    </ul>
  )
}

function Branch({
  relation: { name, label, columns },
  isOpen,
  onInsert,
}: {
  relation: Relations[number]
  isOpen: boolean
  onInsert: (text: string) => void
}) {
  return (
    <li className={styles.relationLine}>
      <details open={isOpen} className={styles.branch}>
        <summary title={label}>
          <Icon name="right" size={11} />
          <span className={styles.relation}>{name}</span>
        </summary>
        <ul className={styles.columnsOf}>
          {columns.map((column) => (
            <li key={column.name}>
              <button
                type="button"
                className={styles.column}
                title={words.insert(column.name)}
                onClick={() => onInsert(quoted(column.name))}
              >
                <span>{column.name}</span>
                <span className={styles.type}>{column.type}</span>
              </button>
            </li>
          ))}
        </ul>
      </details>
      <button
        type="button"
        className={styles.insert}
        aria-label={words.insert(name)}
        title={words.insert(name)}
        onClick={() => onInsert(name)}
      >
        +
      </button>
    </li>
  )
}

const quoted = (name: string): string =>
  /^[a-z_][a-z0-9_]*$/i.test(name) ? name : `"${name.replaceAll('"', '""')}"`
