import { useQuery } from '@tanstack/react-query'
import type { SettingAnswer } from '@tessera/platform/contract'
import type { ListOf } from '../../../lib/listing.ts'
import { texts } from '../../../lib/texts.ts'
import type { Column } from '../../../ui/data-table.tsx'
import shared from '../../../ui/lines.module.css'
import { Tag } from '../../../ui/tag.tsx'
import type { OperationSort } from '../address.ts'
import { settingsQuery } from '../api/operations.ts'
import type { PartProps } from '../operations-page.tsx'
import styles from './operations.module.css'
import { SearchedTable } from './searched-table.tsx'

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
export function SettingsPart(props: PartProps) {
  return (
    <SearchedTable
      {...props}
      words={words}
      label={texts.operations.parts.settings}
      query={useQuery(settingsQuery)}
      list={settingList}
      columns={columns}
      rowKey={({ name }) => name}
    />
  )
}
