import { CloseButton, SegmentedControl } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { ProfileGraph, RecordName } from '@tessera/platform/contract'
import { useState } from 'react'
import { texts } from '../../../lib/texts.ts'
import { DecideForm } from '../../../ui/reason-form.tsx'
import { Tag } from '../../../ui/tag.tsx'
import { unlink } from '../api/identity.ts'
import type { Bond, Cluster } from '../cluster.ts'
import type { Decide } from '../use-decide.ts'
import styles from './cluster.module.css'
import { nameOf, RecordWords } from './record-name.tsx'
import { RefusedList } from './refused-list.tsx'

const words = texts.identity.cluster

interface SideProps {
  readonly graph: ProfileGraph
  readonly cluster: Cluster
  readonly ruleset: string
  readonly chosen: string | undefined
  readonly decide: Decide
  readonly onChoose: (record?: string) => void
}

/** Beside the picture: what ties the chosen record; without one, the weakest bridge and all records. */
export function ClusterSide(props: SideProps) {
  const record = props.cluster.records.find((of) => of.record === props.chosen)
  if (record) return <Chosen key={record.record} record={record} {...props} />
  return (
    <div className={styles.side}>
      <Weakest {...props} />
      <Records {...props} />
      <Others {...props} />
    </div>
  )
}

function Weakest({ graph: { weakest, records }, cluster, onChoose }: SideProps) {
  if (records.length < 2) return <p className={styles.quiet}>{words.single}</p>
  if (!weakest) {
    const isHeldByHand = cluster.bonds.some(({ isBridge }) => isBridge)
    return <p className={styles.quiet}>{isHeldByHand ? words.heldByHand : words.noBridge}</p>
  }
  const ends = cluster.records.filter(({ record }) =>
    [weakest.left, weakest.right].includes(record),
  )
  return (
    <section className={styles.weakest}>
      <h3 className={styles.heading}>{words.weakest}</h3>
      <p>{words.weakestSay(weakest.links, weakest.parts)}</p>
      <ul className={styles.list}>
        {ends.map((record) => (
          <li key={record.record}>
            <RecordButton record={record} onChoose={onChoose} />
          </li>
        ))}
      </ul>
    </section>
  )
}

/** The records as a list, for those who do not see the picture. */
function Records({ cluster: { records, bonds }, onChoose }: SideProps) {
  return (
    <section>
      <h3 className={styles.heading}>{words.list}</h3>
      <p className={styles.quiet}>{words.choose}</p>
      <ul className={styles.list}>
        {records.map((record) => {
          const links = bonds
            .filter((bond) => isAt(bond, record.record))
            .reduce((sum, bond) => sum + bond.links.length, 0)
          return (
            <li key={record.record} className={styles.row}>
              <RecordButton record={record} onChoose={onChoose} />
              <span className={styles.quiet}>{texts.identity.links(links)}</span>
            </li>
          )
        })}
      </ul>
    </section>
  )
}

function Others({ cluster: { neighbours }, ruleset }: SideProps) {
  if (neighbours.length === 0) return null
  return (
    <section>
      <h3 className={styles.heading}>{words.others}</h3>
      <ul className={styles.list}>
        {neighbours.map(({ profile, refused }) => (
          <li key={profile} className={styles.row}>
            <Link
              to="/identity/$ruleset/profiles/$id"
              params={{ ruleset, id: profile }}
              className={styles.recordButton}
            >
              {profile}
            </Link>
            <span className={styles.quiet}>{texts.identity.links(refused.length)}</span>
          </li>
        ))}
      </ul>
    </section>
  )
}

function RecordButton({
  record,
  onChoose,
}: {
  record: RecordName
  onChoose: (record: string) => void
}) {
  return (
    <button type="button" className={styles.recordButton} onClick={() => onChoose(record.record)}>
      {nameOf(record)}
    </button>
  )
}

/** What ties one record, and the means to take it out. */
function Chosen({
  record,
  graph,
  cluster,
  ruleset,
  decide,
  onChoose,
}: SideProps & { record: RecordName }) {
  const ties = cluster.bonds.filter((bond) => isAt(bond, record.record))
  const refused = graph.refused.filter(({ left, right }) =>
    [left.record, right.record].includes(record.record),
  )
  return (
    <div className={styles.side}>
      <header className={styles.row}>
        <h3 className={styles.chosen}>
          <RecordWords of={record} />
        </h3>
        <CloseButton size="sm" aria-label={words.close} onClick={() => onChoose()} />
      </header>
      <section>
        <h3 className={styles.heading}>{words.ties}</h3>
        {ties.length === 0 && <p className={styles.quiet}>{words.noTies}</p>}
        <ul className={styles.list}>
          {ties.map((bond) => (
            <Tie key={bond.key} {...{ bond, record, cluster, ruleset, onChoose }} />
          ))}
        </ul>
      </section>
      {ties.length > 0 && <TakeOut {...{ record, ruleset, decide }} />}
      {refused.length > 0 && (
        <section className={styles.takeOut}>
          <h3 className={styles.heading}>{texts.identity.explain.refused}</h3>
          <RefusedList links={refused} />
        </section>
      )}
    </div>
  )
}

function Tie({
  bond,
  record,
  cluster,
  ruleset,
  onChoose,
}: {
  bond: Bond
  record: RecordName
  cluster: Cluster
  ruleset: string
  onChoose: (record: string) => void
}) {
  const far = bond.left === record.record ? bond.right : bond.left
  const other = cluster.records.find((of) => of.record === far)
  if (!other) return null
  return (
    <li className={styles.tie}>
      <span className={styles.row}>
        <RecordButton record={other} onChoose={onChoose} />
        {bond.isBridge && <Tag>{words.bridge}</Tag>}
        <Link
          to="/identity/$ruleset"
          params={{ ruleset }}
          search={{ tab: 'explain', left: nameOf(record), right: nameOf(other) }}
          className={styles.more}
        >
          {words.explainWith}
        </Link>
      </span>
      {bond.links.map(({ rule, label, matched, decision }) => (
        <span key={`${rule} ${matched}`} className={styles.small}>
          {decision ? (
            <>
              {texts.identity.review.byDecision(decision.number)}, {decision.by}: {decision.why}
            </>
          ) : (
            <>
              {label ?? rule} <code className={styles.matched}>{matched}</code>
            </>
          )}
        </span>
      ))}
    </li>
  )
}

const scopes = ['agreeing', 'profile'] as const

function TakeOut({
  record,
  ruleset,
  decide,
}: {
  record: RecordName
  ruleset: string
  decide: Decide
}) {
  const [scope, setScope] = useState<(typeof scopes)[number]>('agreeing')
  const from = scope === 'profile' ? { from: 'profile' } : {}
  return (
    <section className={styles.takeOut}>
      <h3 className={styles.heading}>{words.unlink}</h3>
      <DecideForm
        about={words.unlinkAbout}
        button={words.unlink}
        isBusy={decide.isBusy}
        onDecide={(why) =>
          decide.decide(() => unlink(ruleset, { record: record.record, why, ...from }))
        }
      >
        <SegmentedControl
          size="xs"
          aria-label={words.unlinkScope}
          value={scope}
          onChange={(value) => setScope(scopes.find((known) => known === value) ?? 'agreeing')}
          data={scopes.map((value) => ({ value, label: words.scopes[value] }))}
        />
      </DecideForm>
    </section>
  )
}

const isAt = ({ left, right }: Bond, record: string): boolean => [left, right].includes(record)
