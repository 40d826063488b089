import { Link } from '@tanstack/react-router'
import type { EvidenceRow, WhyAnswer, WhyNode } from '@tessera/platform/contract'
import { formatTime, formatValue } from '../lib/format.ts'
import { texts } from '../lib/texts.ts'
import { Ago } from './ago.tsx'
import shared from './lines.module.css'
import { Tag } from './tag.tsx'
import styles from './why-tree.module.css'

const words = texts.segments.why

/** How the condition in a place is told; as the server does unless there are other words for it. */
type SayAt = (at: string) => string | undefined

const nothing: SayAt = () => undefined

/** Why somebody of that name is in a segment or not: every condition with its answer, what was found, and when it changes by itself. */
export function WhyTree({
  answer,
  name,
  sayAt = nothing,
}: {
  answer: WhyAnswer
  name: string
  sayAt?: SayAt
}) {
  const { include, exclude, rank, waterfall, flips_at, looked_until, notes, given = {} } = answer
  return (
    <div className={styles.stack}>
      <div role="status" className={styles.verdict}>
        <Link
          to="/customers/$id"
          params={{ id: answer.profile }}
          className={`${styles.verdictWord} ${styles.link}`}
        >
          {name}
        </Link>
        <span
          className={`${styles.verdictWord} ${answer.member ? shared.good : shared.bad}`}
          data-member={answer.member}
        >
          {answer.member ? words.in : words.out}
        </span>
        <Published answer={answer} />
        {flips_at !== undefined && (
          <span className={shared.quiet}>
            {words.flips} <Ago time={flips_at} />
          </span>
        )}
        {flips_at === undefined && looked_until !== undefined && (
          <span className={shared.quiet}>{words.neverFlips(formatTime(looked_until))}</span>
        )}
      </div>
      {answer.asked_for !== undefined && <p>{words.asked(answer.asked_for)}</p>}
      <section className={styles.answers} aria-label={words.include}>
        <h3>{words.include}</h3>
        <Node node={include} sayAt={sayAt} wanted />
      </section>
      {exclude && (
        <section className={styles.answers} aria-label={words.exclude}>
          <h3>{exclude.holds ? words.excluded : words.notExcluded}</h3>
          <Node node={exclude} sayAt={sayAt} wanted={false} />
        </section>
      )}
      {rank && <Rank of={rank} />}
      {waterfall && (
        <p>
          {words.waterfall(waterfall.waterfall)}:{' '}
          {waterfall.taken_by === undefined ? words.takenByNone : words.takenBy(waterfall.taken_by)}
        </p>
      )}
      {Object.keys(given).length > 0 && (
        <p>
          {words.given}:{' '}
          {Object.entries(given)
            .map(([parameter, value]) => `$${parameter} ${formatValue(value)}`)
            .join(', ')}
        </p>
      )}
      {notes.map((note) => (
        <p key={note} className={shared.quiet}>
          {note}
        </p>
      ))}
    </div>
  )
}

function Published({ answer: { published, member } }: { answer: WhyAnswer }) {
  if (published === undefined) return null
  const { entered_at, left_at } = published
  return (
    <span className={shared.quiet}>
      {published.member && entered_at !== undefined && (
        <>
          {words.memberSince} <time dateTime={entered_at}>{formatTime(entered_at)}</time>.
        </>
      )}
      {!published.member && left_at !== undefined && (
        <>
          {words.memberUntil} <time dateTime={left_at}>{formatTime(left_at)}</time>.
        </>
      )}
      {!published.member && left_at === undefined && words.notMember}
      {published.member !== member && ` ${words.publishedOther}`}
    </span>
  )
}

/** A condition with its answer; `wanted` is the answer that lets somebody in. */
function Node({ node, wanted, sayAt }: { node: WhyNode; wanted: boolean; sayAt: SayAt }) {
  const { holds, says, value, membership, progress, evidence = [], parts = [], note } = node
  return (
    <div className={styles.answer} data-well={holds === wanted} data-at={node.at}>
      <div className={styles.answerHead}>
        <span className={styles.mark}>
          {holds ? '✓' : '✗'} <span>{holds ? words.holds : words.fails}</span>
        </span>
        <span className={styles.says}>{sayAt(node.at) ?? says}</span>
        <Found node={node} />
        {node.flips_at !== undefined && (
          <span className={shared.small}>
            {words.flips} <Ago time={node.flips_at} />
          </span>
        )}
      </div>
      {membership && value === undefined && <Membership of={membership} />}
      {progress && (
        <span className={shared.small}>{words.progress(progress.taken, progress.steps)}</span>
      )}
      {note !== undefined && <span className={shared.small}>{note}</span>}
      {evidence.length > 0 && (
        <ul className={styles.evidence} aria-label={words.evidence}>
          {evidence.map((row) => (
            <Row key={`${row.object} ${row.key} ${row.step ?? ''}`} row={row} />
          ))}
        </ul>
      )}
      {parts.map((part) => (
        <Node
          key={part.at}
          node={part}
          sayAt={sayAt}
          wanted={node.kind === 'not' ? !wanted : wanted}
        />
      ))}
    </div>
  )
}

const asking: readonly WhyNode['kind'][] = ['field', 'insight', 'related']

function Found({ node: { kind, value } }: { node: WhyNode }) {
  if (value === undefined)
    return asking.includes(kind) ? (
      <span className={shared.quiet}>{kind === 'related' ? '' : words.nothing}</span>
    ) : null
  return (
    <span className={styles.found}>
      <span className={shared.quiet}>{words.value}</span> <strong>{formatValue(value)}</strong>
    </span>
  )
}

function Membership({
  of: { member, entered_at, left_at },
}: {
  of: NonNullable<WhyNode['membership']>
}) {
  if (member && entered_at !== undefined)
    return (
      <span className={shared.small}>
        {words.memberSince} {formatTime(entered_at)}
      </span>
    )
  if (left_at === undefined) return null
  return (
    <span className={shared.small}>
      {words.memberUntil} {formatTime(left_at)}
    </span>
  )
}

function Row({ row: { object, stream, id, key, fields, counts, step } }: { row: EvidenceRow }) {
  return (
    <li className={styles.row} data-counts={counts}>
      {step !== undefined && <Tag>{words.step(step)}</Tag>}
      <span>
        {object.replaceAll('_', ' ')}{' '}
        <span className={shared.quiet}>
          {stream === undefined ? key : `${stream}: ${id ?? key}`}
        </span>
      </span>
      {Object.entries(fields).map(([name, value]) => (
        <span key={name}>
          <span className={shared.quiet}>{name}</span> {formatValue(value)}
        </span>
      ))}
      <span className={shared.small}>{counts ? words.counts : words.near}</span>
    </li>
  )
}

function Rank({ of }: { of: NonNullable<WhyAnswer['rank']> }) {
  return (
    <section className={styles.answers} aria-label={words.rank}>
      <h3>{words.rank}</h3>
      <div className={styles.answer} data-well={of.holds}>
        <div className={styles.answerHead}>
          <span className={styles.mark}>
            {of.holds ? '✓' : '✗'} <span>{of.holds ? words.holds : words.fails}</span>
          </span>
          <span className={styles.says}>{of.says}</span>
          {of.place !== undefined && <span>{words.rankPlace(of.place, of.among)}</span>}
          {of.value !== undefined && (
            <span className={styles.found}>
              <span className={shared.quiet}>{words.value}</span>{' '}
              <strong>{formatValue(of.value)}</strong>
            </span>
          )}
          {of.last?.value !== undefined && (
            <span className={shared.small}>{words.rankLast(formatValue(of.last.value))}</span>
          )}
        </div>
      </div>
    </section>
  )
}
