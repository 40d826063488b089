import { Modal, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { useRouter } from '@tanstack/react-router'
import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef, useState } from 'react'
import { texts } from '../../lib/texts.ts'
import { Icon } from '../../ui/icons.tsx'
import { allDefinitionsQuery, customersQuery } from './api/palette.ts'
import { type Entry, entriesFor, type Place } from './entries.ts'
import styles from './palette.module.css'

const words = texts.palette

/** Leads anywhere: to pages, to what was defined, and to customers, with a few letters. */
export function Palette({
  places,
  onClose,
}: {
  places: readonly Place[]
  onClose: () => void
}): ReactNode {
  return (
    <Modal
      opened
      onClose={onClose}
      title={words.title}
      closeButtonProps={{ 'aria-label': texts.flow.node.close }}
      size="lg"
      yOffset="8vh"
    >
      <Search places={places} onClose={onClose} />
    </Modal>
  )
}

function Search({ places, onClose }: { places: readonly Place[]; onClose: () => void }) {
  const router = useRouter()
  const list = useId()
  const [q, setQ] = useState('')
  const [index, setIndex] = useState(0)
  const [asked] = useDebouncedValue(q, 150)
  const { data: definitions = [] } = useQuery(allDefinitionsQuery)
  const { data: found } = useQuery(customersQuery(asked))
  const customers = q.trim().length > 1 ? (found?.profiles ?? []) : []
  const entries = entriesFor(q, { places, definitions, customers })
  const chosen = entries[Math.min(index, entries.length - 1)]
  const open = (entry: Entry | undefined) => {
    if (!entry) return
    onClose()
    router.history.push(entry.to)
  }
  const press = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step !== undefined) setIndex((index + step + entries.length) % Math.max(1, entries.length))
    else if (event.key === 'Enter') open(chosen)
    else return
    event.preventDefault()
  }
  return (
    <div className={styles.palette}>
      <TextInput
        data-autofocus
        role="combobox"
        aria-label={words.title}
        aria-expanded
        aria-controls={list}
        aria-activedescendant={chosen && `${list} ${chosen.key}`.replaceAll(' ', '-')}
        placeholder={words.hint}
        leftSection={<Icon name="search" />}
        value={q}
        onChange={(event) => {
          setQ(event.currentTarget.value)
          setIndex(0)
        }}
        onKeyDown={press}
        autoComplete="off"
        spellCheck={false}
      />
      <div id={list} role="listbox" aria-label={words.results} className={styles.list}>
        {entries.map((entry) => (
          <Option
            key={entry.key}
            id={`${list} ${entry.key}`.replaceAll(' ', '-')}
            entry={entry}
            isChosen={entry === chosen}
            onOpen={() => open(entry)}
          />
        ))}
      </div>
      <p className={styles.quiet} role="status">
        {entries.length === 0 ? words.none : words.keys}
      </p>
    </div>
  )
}

function Option({
  id,
  entry,
  isChosen,
  onOpen,
}: {
  id: string
  entry: Entry
  isChosen: boolean
  onOpen: () => void
}) {
  const line = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (isChosen) line.current?.scrollIntoView({ block: 'nearest' })
  }, [isChosen])
  return (
    // biome-ignore lint/a11y/useFocusableInteractive lint/a11y/useKeyWithClickEvents: the box above has the focus and takes the keys
    <div
      ref={line}
      id={id}
      role="option"
      aria-selected={isChosen}
      className={styles.entry}
      onClick={onOpen}
    >
      <span>{entry.label}</span>
      <span className={styles.quiet}>{entry.about}</span>
    </div>
  )
}
