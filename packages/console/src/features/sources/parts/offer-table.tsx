import { Button } from '@mantine/core'
import type { TriedConnection } from '@tessera/platform/contract'
import { useState } from 'react'
import type { Body } from '../../../lib/body.ts'
import { formatCount, formatSize } from '../../../lib/format.ts'
import { texts } from '../../../lib/texts.ts'
import { Ago } from '../../../ui/ago.tsx'
import { type Column, DataTable } from '../../../ui/data-table.tsx'
import { SearchBox } from '../../../ui/search-box.tsx'
import styles from './sources.module.css'

const words = texts.sources
const mostShown = 12

type Offer = TriedConnection['offers'][number]

/** What a system offers; one of it is taken with a click. */
export function OfferTable({
  tried: { offers, all },
  chosen,
  onTake,
}: {
  tried: TriedConnection
  chosen: Body
  onTake: (source: Body) => void
}) {
  const [q, setQ] = useState('')
  if (offers.length === 0) return <p className={styles.quiet}>{words.noneOffered}</p>
  const fitting = offers.filter(({ name }) => name.toLowerCase().includes(q.trim().toLowerCase()))
  const shown = fitting.slice(0, mostShown)
  const isTaken = (of: Offer) => JSON.stringify(of.source) === JSON.stringify(chosen)
  const columns: readonly Column<Offer>[] = [
    { key: 'name', title: words.columns.name, cell: ({ name }) => name },
    { key: 'size', title: words.columns.size, align: 'end', cell: sizeOf },
    {
      key: 'changed',
      title: words.columns.changed,
      cell: ({ changed_at: at }) => (at === undefined ? texts.none : <Ago time={at} />),
    },
    {
      key: 'take',
      title: words.columns.take,
      align: 'end',
      cell: (of) => (
        <Button
          size="compact-xs"
          variant={isTaken(of) ? 'filled' : 'light'}
          aria-label={isTaken(of) ? words.takenOffer(of.name) : words.offer(of.name)}
          onClick={() => onTake(of.source)}
        >
          {isTaken(of) ? words.taken : words.take}
        </Button>
      ),
    },
  ]
  return (
    <>
      <SearchBox label={words.search} hint={words.searchHint} value={q} onSearch={setQ} />
      <DataTable label={words.offers} rows={shown} columns={columns} rowKey={({ name }) => name} />
      {fitting.length > shown.length && (
        <p className={styles.quiet}>{words.more(shown.length, q === '' ? all : fitting.length)}</p>
      )}
    </>
  )
}

function sizeOf({ rows, size_bytes: bytes }: Offer): string {
  if (rows !== undefined) return `${formatCount(rows)} ${texts.model.rowsWord}`
  return bytes === undefined ? texts.none : formatSize(bytes)
}
