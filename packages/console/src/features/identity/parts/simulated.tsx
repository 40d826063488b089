import type { SimulatedLink, Simulation } from '@tessera/platform/contract'
import type { ReactNode } from 'react'
import { formatCount, formatShare } from '../../../lib/format.ts'
import { texts } from '../../../lib/texts.ts'
import { type Column, DataTable } from '../../../ui/data-table.tsx'
import { Figure, Figures } from '../../../ui/figure.tsx'
import { Panel } from '../../../ui/page.tsx'
import styles from './identity.module.css'
import look from './model.module.css'
import { nameOf, ProfileLink } from './record-name.tsx'

const words = texts.identity.simulate

/** What a simulation found: figures, and examples of what would join, fall apart, wait and end; and the segments. */
export function Simulated({ of }: { of: Simulation }) {
  const { joins, splits, review, retired, segments, ruleset } = of
  return (
    <div className={styles.stack}>
      <SimulatedFigures of={of} />
      {!of.changes && (
        <p className={styles.line} data-tone="none" role="status">
          {words.same}
        </p>
      )}
      {of.held !== undefined && (
        <p className={styles.line} data-tone="wait" role="status">
          {words.held(of.held)}
        </p>
      )}
      {of.strangers !== undefined && (
        <p className={styles.line} data-tone="wait" role="status">
          {words.strangers(of.strangers)}
        </p>
      )}
      {of.shared?.map((one) => (
        <p key={one.rule} className={styles.line} data-tone="wait" role="status">
          {words.shared(one)}
        </p>
      ))}
      {segments.length > 0 && (
        <Panel title={words.segments} flush="flush">
          <p className={styles.about}>{words.segmentsAbout}</p>
          <DataTable
            label={words.segments}
            rows={segments}
            columns={segmentColumns}
            rowKey={({ segment }) => segment}
          />
        </Panel>
      )}
      <Items title={words.joinsTitle} all={joins.pairs}>
        {joins.items.map(({ left, right, moves, by }) => (
          <Item
            key={`${left.profile} ${right.profile}`}
            head={<Two left={left} right={right} ruleset={ruleset} />}
            remark={words.comes(moves)}
            links={by}
            why={words.by}
          />
        ))}
      </Items>
      <Items title={words.splitsTitle} all={splits.profiles}>
        {splits.items.map(({ profile, records, parts, into, without }) => (
          <Item
            key={profile}
            head={<One of={{ profile, records }} ruleset={ruleset} />}
            remark={`${words.into(parts)}: ${into.map((of) => formatCount(of.records)).join(' + ')}`}
            links={without}
            why={words.without}
          />
        ))}
      </Items>
      <Items title={words.reviewTitle} all={review.pairs}>
        {review.items.map(({ left, right, reason, about, examples }) => (
          <Item
            key={`${left.profile} ${right.profile}`}
            head={<Two left={left} right={right} ruleset={ruleset} />}
            remark={[texts.identity.review.reasons[reason], about].filter(Boolean).join(': ')}
            links={examples}
            why={words.by}
          />
        ))}
      </Items>
      <Items title={words.retiredTitle} all={retired.profiles}>
        {retired.items.map((of) => (
          <Item key={of.profile} head={<One of={of} ruleset={ruleset} />} />
        ))}
      </Items>
    </div>
  )
}

function SimulatedFigures({ of }: { of: Simulation }) {
  const { before, after, joins, splits, ids, created, retired, review } = of
  return (
    <Figures>
      <Figure
        label={words.profiles}
        value={formatCount(after.profiles)}
        remark={words.was(formatCount(before.profiles))}
      />
      <Figure
        label={words.rate}
        value={formatShare(after.consolidation_rate)}
        remark={words.was(formatShare(before.consolidation_rate))}
      />
      <Figure
        label={words.joins}
        value={formatCount(joins.pairs)}
        remark={words.ends(created, retired.profiles)}
      />
      <Figure
        label={words.splits}
        value={formatCount(splits.profiles)}
        remark={words.ids(ids.records)}
      />
      <Figure
        label={words.review}
        value={formatCount(review.pairs)}
        remark={words.reviewRemark(review.no_longer)}
      />
    </Figures>
  )
}

/** Examples of one kind; nothing at all where there are none. */
function Items({
  title,
  all,
  children,
}: {
  title: string
  all: number
  children: readonly ReactNode[]
}) {
  if (all === 0) return null
  return (
    <Panel
      title={title}
      aside={<span className={styles.small}>{words.shown(children.length, all)}</span>}
      flush="flush"
    >
      <ul className={look.items}>{children}</ul>
    </Panel>
  )
}

function Item({
  head,
  remark,
  links = [],
  why,
}: {
  head: ReactNode
  remark?: string
  links?: readonly SimulatedLink[]
  why?: string
}) {
  return (
    <li className={look.item}>
      <div className={look.itemHead}>
        <span>{head}</span>
        {remark !== undefined && <span className={styles.small}>{remark}</span>}
      </div>
      {links.length > 0 && (
        <div className={look.itemHead}>
          <span className={styles.small}>{why}</span>
          {links.map((link) => (
            <span key={`${link.rule} ${link.left.record} ${link.right.record} ${link.matched}`}>
              {link.label ?? link.rule}: <code className={styles.matched}>{link.matched}</code>{' '}
              <span className={styles.small}>
                {nameOf(link.left)} ↔ {nameOf(link.right)}
              </span>
            </span>
          ))}
        </div>
      )}
    </li>
  )
}

interface Part {
  readonly profile: string
  readonly records: number
}

function One({ of: { profile, records }, ruleset }: { of: Part; ruleset: string }) {
  return (
    <>
      <ProfileLink ruleset={ruleset} id={profile} />{' '}
      <span className={styles.small}>{texts.identity.records(records)}</span>
    </>
  )
}

function Two({ left, right, ruleset }: { left: Part; right: Part; ruleset: string }) {
  return (
    <>
      <One of={left} ruleset={ruleset} /> <span className={look.arrow}>←</span>{' '}
      <One of={right} ruleset={ruleset} />
    </>
  )
}

type Segment = Simulation['segments'][number]

const foretold = (
  key: 'members' | 'entered' | 'left',
  title: string,
  sign: '' | '+' | '−',
): Column<Segment> => ({
  key: `then ${key}`,
  title,
  align: 'end',
  cell: ({ foretold: of }) =>
    of === undefined ? texts.none : `${of[key] === 0 ? '' : sign}${formatCount(of[key])}`,
})

const segmentColumns: readonly Column<Segment>[] = [
  {
    key: 'segment',
    title: words.segment,
    cell: ({ label, unknown }) => (
      <span className={styles.name}>
        <span className={styles.strong}>{label}</span>
        {unknown !== undefined && <span className={styles.small}>{unknown}</span>}
      </span>
    ),
  },
  {
    key: 'members',
    title: words.members,
    align: 'end',
    cell: ({ members }) => formatCount(members),
  },
  foretold('members', words.after, ''),
  foretold('entered', words.enter, '+'),
  foretold('left', words.leave, '−'),
]
