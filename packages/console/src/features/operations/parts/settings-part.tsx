import { useQuery } from '@tanstack/react-query'
import type { SettingAnswer } from '@tessera/platform/contract'
import { arrange, type ListOf, sortedBy, sortingOf } from '../../../lib/listing.ts'
import { texts } from '../../../lib/texts.ts'
import { Answer } from '../../../ui/answer.tsx'
import { type Column, DataTable } from '../../../ui/data-table.tsx'
import { EmptyState } from '../../../ui/empty-state.tsx'
import shared from '../../../ui/lines.module.css'
import { SearchBox } from '../../../ui/search-box.tsx'
import { Tag } from '../../../ui/tag.tsx'
import type { OperationSort } from '../address.ts'
import { settingsQuery } from '../api/operations.ts'
import type { PartProps } from '../operations-page.tsx'
import styles from './operations.module.css'

const words = texts.operations.settings

const settingList: ListOf<SettingAnswer, OperationSort> = {
  text: ({ name, about, value }) => `${name} ${about} ${value}`,
  by: {
    name: ({ name }) => name,
    value: ({ value }) => value,
    from: ({ from }) => from,
  },
  usual: 'name',
}

const columns: readonly Column<SettingAnswer, OperationSort | 'about'>[] = [
  {
    key: 'name',
    title: words.columns.name,
    canSort: 'can sort',
    cell: ({ name }) => <code>{name}</code>,
  },
  {
    key: 'value',
    title: words.columns.value,
    canSort: 'can sort',
    cell: ({ value, unless_set: usual, from }) => (
      <span className={styles.value}>
        <span>{value === '' ? words.nothing : value}</span>
        {from === 'environment' && <span className={shared.small}>{words.unlessSet(usual)}</span>}
      </span>
    ),
  },
  {
    key: 'from',
    title: words.columns.from,
    canSort: 'can sort',
    cell: ({ from }) => <Tag>{words.from[from]}</Tag>,
  },
  { key: 'about', title: words.columns.about, cell: ({ about }) => about },
]

/** How the server is set, and by whom. */
export function SettingsPart({ address, go }: PartProps) {
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
      <Answer query={useQuery(settingsQuery)} height={320}>
        {(all) => {
          const found = arrange(all, address, settingList)
          if (found.length === 0)
            return (
              <EmptyState icon="search" title={texts.operations.noneFound}>
                {texts.operations.noneFoundHelp}
              </EmptyState>
            )
          return (
            <DataTable
              label={texts.operations.parts.settings}
              rows={found}
              columns={columns}
              rowKey={({ name }) => name}
              sorting={sortingOf(all, address, settingList)}
              onSort={(by) => by !== 'about' && go(sortedBy(address, by, all, settingList))}
            />
          )
        }}
      </Answer>
    </>
  )
}
