import { Button, Checkbox } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { Decision, Profile, ReviewItem, RulesetStatus } from '@tessera/platform/contract'
import { useState } from 'react'
import { texts } from '../../../lib/texts.ts'
import { Answer } from '../../../ui/answer.tsx'
import { StateBadge } from '../../../ui/state-badge.tsx'
import { Tag } from '../../../ui/tag.tsx'
import { personQuery } from '../api/identity.ts'
import { compare } from '../compare.ts'
import styles from './identity.module.css'
import { nameOf, ProfileLink, RecordWords } from './record-name.tsx'

const words = texts.identity.review

/** Two profiles that rules would make one: drawn, with why they are not one, examples, and what was decided. */
export function ReviewPair({
  item,
  status,
  kind,
  isChosen,
  onChoose,
  isBusy,
  onUndo,
}: {
  item: ReviewItem
  status: RulesetStatus
  kind: Decision['kind'] | undefined
  isChosen: boolean
  onChoose: (isChosen: boolean) => void
  isBusy: boolean
  onUndo: () => void
}) {
  const [isCompared, setCompared] = useState(false)
  const { left, right, decided, examples } = item
  const [example] = examples
  return (
    <li className={styles.pair} data-chosen={isChosen}>
      <Checkbox
        aria-label={words.choose(left.profile, right.profile)}
        checked={isChosen}
        onChange={(event) => onChoose(event.currentTarget.checked)}
      />
      <div className={styles.pairBody}>
        <div className={styles.pairSays}>
          <PairPicture item={item} ruleset={status.ruleset} />
          <p>
            <Tag>{words.reasons[item.reason]}</Tag> {item.why}
          </p>
          <div className={styles.actions}>
            {decided !== undefined && (
              <>
                <StateBadge tone="busy">
                  {kind && `${words.decided[kind]} · `}
                  {words.byDecision(decided)}
                </StateBadge>
                <Button size="compact-xs" variant="default" loading={isBusy} onClick={onUndo}>
                  {texts.identity.undo}
                </Button>
              </>
            )}
            {status.on === 'individual' && (
              <Button
                size="compact-xs"
                variant="default"
                aria-expanded={isCompared}
                onClick={() => setCompared(!isCompared)}
              >
                {words.compare}
              </Button>
            )}
            {example && (
              <Button
                size="compact-xs"
                variant="default"
                renderRoot={(props) => (
                  <Link
                    to="/identity/$ruleset"
                    params={{ ruleset: status.ruleset }}
                    search={{
                      tab: 'explain',
                      left: nameOf(example.left),
                      right: nameOf(example.right),
                    }}
                    {...props}
                  />
                )}
              >
                {words.explain}
              </Button>
            )}
          </div>
        </div>
        <ul className={styles.examples} aria-label={words.examples}>
          {examples.map((of) => (
            <li key={`${of.rule} ${of.matched} ${of.left.record} ${of.right.record}`}>
              <span>
                {of.label ?? of.rule}: {words.both}{' '}
                <code className={styles.matched}>{of.matched}</code>
              </span>
              <span className={styles.small}>
                <RecordWords of={of.left} /> ↔ <RecordWords of={of.right} />
              </span>
            </li>
          ))}
        </ul>
        {isCompared && <SideBySide left={left.profile} right={right.profile} />}
      </div>
    </li>
  )
}

const mostTiles = 12

/** Each profile as its tiles, one for each record, and between them the links that were not made. */
function PairPicture({ item, ruleset }: { item: ReviewItem; ruleset: string }) {
  return (
    <div className={styles.picture}>
      <Side of={item.left} ruleset={ruleset} />
      <span className={styles.gap}>
        <span className={styles.dashes} />
        <span className={styles.small}>{texts.identity.links(item.links)}</span>
        <span className={styles.dashes} />
      </span>
      <Side of={item.right} ruleset={ruleset} />
    </div>
  )
}

function Side({ of: { profile, records }, ruleset }: { of: ReviewItem['left']; ruleset: string }) {
  const tiles = Array.from({ length: Math.min(records, mostTiles) }, (_, i) => `tile ${i}`)
  return (
    <span className={styles.side}>
      <span className={styles.tiles} aria-hidden="true">
        {tiles.map((tile) => (
          <span key={tile} className={styles.tile} />
        ))}
      </span>
      <span className={styles.small}>
        {texts.identity.records(records)} · <ProfileLink ruleset={ruleset} id={profile} />
      </span>
    </span>
  )
}

function SideBySide({ left, right }: { left: string; right: string }) {
  const one = useQuery(personQuery(left))
  const other = useQuery(personQuery(right))
  return (
    <div className={styles.compared}>
      <Answer query={one} height={260}>
        {(a) => (
          <Answer query={other} height={260}>
            {(b) => <Values left={a} right={b} />}
          </Answer>
        )}
      </Answer>
    </div>
  )
}

function Values({ left, right }: { left: Profile; right: Profile }) {
  const rows = compare(left, right)
  if (rows.length === 0) return <p className={styles.quiet}>{words.sameOnly}</p>
  return (
    <table className={styles.values} aria-label={words.values}>
      <thead>
        <tr>
          <th scope="col">{words.field}</th>
          {[left, right].map(({ id, name }) => (
            <th key={id} scope="col">
              <Link to="/customers/$id" params={{ id }} className={styles.link}>
                {name === '' ? texts.customers.nameless : name}
              </Link>
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.label} data-differs={row.isDifferent}>
            <th scope="row">{row.label}</th>
            <td>{row.left}</td>
            <td title={row.isDifferent ? words.differ : undefined}>{row.right}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
