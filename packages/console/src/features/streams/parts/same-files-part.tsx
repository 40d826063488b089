import type { StreamOverview } from '@tessera/platform/contract'
import { formatCount, formatTime } from '../../../lib/format.ts'
import { texts } from '../../../lib/texts.ts'
import { type Column, DataTable } from '../../../ui/data-table.tsx'
import { Tag } from '../../../ui/tag.tsx'
import styles from './streams.module.css'

const words = texts.streams.sameFiles

type SameFile = NonNullable<StreamOverview['same_files']>[number]

const columns: readonly Column<SameFile>[] = [
  { key: 'name', title: words.name, cell: ({ name }) => name },
  { key: 'same', title: words.same, cell: ({ same_as }) => same_as },
  { key: 'at', title: words.at, cell: ({ taken_at }) => formatTime(taken_at) },
  {
    key: 'records',
    title: words.records,
    align: 'end',
    cell: ({ records }) => formatCount(records),
  },
  {
    key: 'came',
    title: words.what,
    cell: ({ came }) => <Tag>{came ? words.came : words.leftOut}</Tag>,
  },
]

/** Files of rows without a key that hold the same as others that were read before; nothing where there are none. */
export function SameFilesPart({ stream: { same_files: files = [] } }: { stream: StreamOverview }) {
  if (files.length === 0) return null
  return (
    <>
      <p className={styles.remark}>{words.about}</p>
      <DataTable
        label={words.title}
        rows={files}
        columns={columns}
        rowKey={({ name, taken_at }) => `${name} ${taken_at}`}
      />
    </>
  )
}
