import type { UseQueryResult } from '@tanstack/react-query'
import { arrange, type ListOf, sortedBy, sortingOf } from '../../../lib/listing.ts'
import { texts } from '../../../lib/texts.ts'
import { Answer } from '../../../ui/answer.tsx'
import { type Column, DataTable } from '../../../ui/data-table.tsx'
import { EmptyState } from '../../../ui/empty-state.tsx'
import { SearchBox } from '../../../ui/search-box.tsx'
import { isSort, type OperationSort } from '../address.ts'
import type { PartProps } from '../operations-page.tsx'
import styles from './operations.module.css'

/** A table that is searched and sorted in the address, under what is said of it. */
export function SearchedTable<Row, Key extends string>({
  words,
  label,
  query,
  list,
  columns,
  rowKey,
  address,
  go,
}: PartProps & {
  words: { readonly search: string; readonly hint: string; readonly about: string }
  label: string
  query: UseQueryResult<readonly Row[]>
  list: ListOf<Row, OperationSort>
  columns: readonly Column<Row, Key | OperationSort>[]
  rowKey: (row: Row) => string
}) {
  return (
    <>
      <div className={styles.filters}>
        <SearchBox
          label={words.search}
          hint={words.hint}
          value={address.q ?? ''}
          onSearch={(q) => go({ ...address, q })}
        />
      </div>
      <p className={styles.remark}>{words.about}</p>
      <Answer query={query} height={320}>
        {(all) => {
          const found = arrange(all, address, list)
          if (found.length === 0)
            return (
              <EmptyState icon="search" title={texts.operations.noneFound}>
                {texts.operations.noneFoundHelp}
              </EmptyState>
            )
          return (
            <DataTable
              label={label}
              rows={found}
              columns={columns}
              rowKey={rowKey}
              sorting={sortingOf(all, address, list)}
              onSort={(by) => isSort(by) && go(sortedBy(address, by, all, list))}
            />
          )
        }}
      </Answer>
    </>
  )
}
