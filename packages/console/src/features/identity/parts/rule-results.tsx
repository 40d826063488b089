import type { RuleResult } from '@tessera/platform/contract'
import { formatCount } from '../../../lib/format.ts'
import { texts } from '../../../lib/texts.ts'
import { type Column, DataTable } from '../../../ui/data-table.tsx'
import { Panel } from '../../../ui/page.tsx'
import { ProportionBar } from '../../../ui/proportions.tsx'
import styles from './identity.module.css'

const words = texts.identity.rules

/** What each rule found: links, links that were not made, and values that too many records share. */
export function RuleResults({ rules }: { rules: readonly RuleResult[] }) {
  const most = Math.max(1, ...rules.map(({ links, refused = 0 }) => links + refused))
  return (
    <Panel title={words.title} flush="flush">
      <DataTable
        label={words.title}
        rows={rules}
        columns={columnsOf(most)}
        rowKey={({ rule }) => rule}
      />
      <LeftOut rules={rules} />
    </Panel>
  )
}

const columnsOf = (most: number): readonly Column<RuleResult>[] => [
  {
    key: 'rule',
    title: words.rule,
    cell: ({ rule, label }) => (
      <span className={styles.name}>
        <span>{label ?? rule}</span>
        {label !== undefined && <span className={styles.small}>{rule}</span>}
      </span>
    ),
  },
  {
    key: 'share',
    title: words.share,
    width: '26%',
    cell: ({ links, refused = 0 }) => (
      <span className={styles.share} style={{ width: `${(100 * (links + refused)) / most}%` }}>
        <ProportionBar
          parts={[
            { name: words.links.toLowerCase(), count: links, tone: 'busy' },
            { name: words.refused.toLowerCase(), count: refused, tone: 'wait' },
          ]}
        />
      </span>
    ),
  },
  { key: 'links', title: words.links, align: 'end', cell: ({ links }) => formatCount(links) },
  {
    key: 'refused',
    title: words.refused,
    align: 'end',
    cell: ({ refused = 0 }) => formatCount(refused),
  },
  {
    key: 'leftOut',
    title: words.leftOut,
    align: 'end',
    cell: ({ left_out_blocks: blocks }) => (blocks === 0 ? '0' : words.blocks(blocks)),
  },
]

function LeftOut({ rules }: { rules: readonly RuleResult[] }) {
  const found = rules.filter(({ left_out }) => left_out.length > 0)
  if (found.length === 0) return null
  return (
    <section className={styles.leftOut}>
      <p className={styles.quiet}>{words.leftOutAbout}</p>
      {found.map(({ rule, label, left_out }) => (
        <div key={rule}>
          <h3 className={styles.heading}>{label ?? rule}</h3>
          <ul className={styles.chips}>
            {left_out.map(({ matched, records, kept }) => (
              <li key={`${matched} ${records}`} className={styles.chip}>
                <code className={styles.matched}>{matched}</code>
                <span className={styles.small}>{words.sharedBy(records, kept)}</span>
              </li>
            ))}
          </ul>
        </div>
      ))}
    </section>
  )
}
