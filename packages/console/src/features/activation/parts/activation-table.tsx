import type { Activation } from '@tessera/platform/contract'
import { formatCount } from '../../../lib/format.ts'
import { texts } from '../../../lib/texts.ts'
import { type Column, DataTable } from '../../../ui/data-table.tsx'
import { ProportionBar } from '../../../ui/proportions.tsx'
import { Tag } from '../../../ui/tag.tsx'
import styles from './activations.module.css'

const words = texts.activations

const columns: readonly Column<Activation>[] = [
  {
    key: 'name',
    title: words.columns.name,
    cell: ({ key, label }) => <span className={styles.name}>{label ?? key}</span>,
  },
  { key: 'segment', title: words.columns.segment, cell: ({ segment }) => segment },
  { key: 'destination', title: words.columns.destination, cell: ({ destination }) => destination },
  { key: 'send', title: words.columns.send, cell: ({ send }) => <Tag>{words.sends[send]}</Tag> },
  {
    key: 'queued',
    title: words.columns.queued,
    align: 'end',
    cell: ({ ledger }) => formatCount(ledger.queued),
  },
  {
    key: 'ledger',
    title: words.columns.ledger,
    width: '260px',
    cell: ({ ledger }) => <Ledger {...ledger} />,
  },
]

/** Activations with their ledgers, one in each row. */
export function ActivationTable({ activations }: { activations: readonly Activation[] }) {
  return (
    <DataTable label={words.title} rows={activations} columns={columns} rowKey={({ key }) => key} />
  )
}

function Ledger({ delivered, waiting, dead }: Activation['ledger']) {
  return (
    <span className={styles.ledger}>
      <span className={styles.counts}>
        <span>{formatCount(delivered)}</span>
        <span data-some={waiting > 0 ? 'wait' : undefined}>{formatCount(waiting)}</span>
        <span data-some={dead > 0 ? 'bad' : undefined}>{formatCount(dead)}</span>
      </span>
      <ProportionBar
        parts={[
          { name: words.delivered, count: delivered, tone: 'good' },
          { name: words.waiting, count: waiting, tone: 'wait' },
          { name: words.dead, count: dead, tone: 'bad' },
        ]}
      />
    </span>
  )
}
