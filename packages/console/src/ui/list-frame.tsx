import { Button, Select } from '@mantine/core'
import type { ReactNode } from 'react'
import { withCurrent } from '../lib/form.ts'
import { EmptyState } from './empty-state.tsx'
import styles from './list-frame.module.css'
import { Panel } from './page.tsx'
import { SearchBox } from './search-box.tsx'

/** What a list says of itself. */
interface ListWords {
  readonly search: string
  readonly searchHint: string
  readonly count: (count: number) => string
  readonly countOf: (count: number, all: number) => string
  readonly noneFound: string
  readonly noneFoundHelp?: string
  readonly clear: string
}

/** The frame of a list: search, filters and a count above it, and what stands there when nothing fits. All of it stands in the address. */
export function ListFrame<Address extends { readonly q?: string }>({
  words,
  address,
  go,
  onClear,
  count,
  all,
  filters,
  children,
}: {
  words: ListWords
  address: Address
  go: (address: Address) => void
  /** Takes away everything that narrows the list. */
  onClear: () => void
  /** How many fit, of how many. */
  count: number
  all: number
  filters?: ReactNode
  children: ReactNode
}) {
  return (
    <>
      <FilterLine count={count === all ? words.count(all) : words.countOf(count, all)}>
        <SearchBox
          label={words.search}
          hint={words.searchHint}
          value={address.q ?? ''}
          onSearch={(sought) => go({ ...address, q: sought })}
        />
        {filters}
      </FilterLine>
      <Panel flush="flush">
        {count === 0 ? (
          <EmptyState
            icon="search"
            title={words.noneFound}
            action={
              <Button size="xs" variant="default" onClick={onClear}>
                {words.clear}
              </Button>
            }
          >
            {words.noneFoundHelp}
          </EmptyState>
        ) : (
          children
        )}
      </Panel>
    </>
  )
}

/** What narrows a list, side by side, and how many are left. */
export function FilterLine({
  count,
  beside,
  children,
}: {
  count?: string
  /** What stands behind the count. */
  beside?: ReactNode
  children: ReactNode
}) {
  return (
    <div className={styles.filters}>
      {children}
      {count !== undefined && (
        <span className={styles.total} role="status">
          {count}
        </span>
      )}
      {beside}
    </div>
  )
}

/** One of several words that the rows of a list must have; any of them unless one is chosen. */
export function ListFilter<Word extends string>({
  label,
  any,
  options,
  value,
  onChoose,
  size = 'sm',
}: {
  label: string
  /** What is shown as long as nothing is chosen. */
  any: string
  options: readonly { readonly value: Word; readonly label: string }[]
  value: Word | undefined
  onChoose: (value: Word | undefined) => void
  size?: 'xs' | 'sm'
}) {
  return (
    <Select
      size={size}
      aria-label={label}
      placeholder={any}
      data={[...withCurrent(options, value ?? '')]}
      value={value ?? null}
      onChange={(chosen) => onChoose(options.find((of) => of.value === chosen)?.value)}
      clearable
      searchable={options.length > manyOptions}
      w={190}
    />
  )
}

/** More options than this are searched by their names. */
const manyOptions = 12
