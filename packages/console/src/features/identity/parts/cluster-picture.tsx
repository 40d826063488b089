import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { formatCount } from '../../../lib/format.ts'
import { nodesQuery } from '../../../lib/jobs.ts'
import { texts } from '../../../lib/texts.ts'
import { stoneColour } from '../../../ui/colour.ts'
import { allSources, type Bond, type Cluster, type Share, sharesOf } from '../cluster.ts'
import styles from './cluster.module.css'
import { nameOf } from './record-name.tsx'

const words = texts.identity.cluster

// One stone for each source there is, whichever of them a profile has; a seventh source begins again with the first.
const stones = ['profile', 'model', 'segment', 'identity', 'activation', 'insight']

/** A profile drawn: a tile for each record, lines for what ties them, dotted ones for links that were not made. */
export function ClusterPicture({
  cluster,
  ruleset,
  chosen,
  onChoose,
}: {
  cluster: Cluster
  ruleset: string
  chosen: string | undefined
  onChoose: (record?: string) => void
}) {
  const { records, neighbours } = cluster
  const points = [...records, ...neighbours].map(({ at }) => at)
  const shareOf = sharesOf(points)
  const sources = [...new Set(records.map(({ source }) => source))].toSorted()
  const { data: flow } = useQuery(nodesQuery)
  const all = allSources(flow?.nodes ?? [], sources)
  const stoneOf = (source: string) =>
    stoneColour(`--t-stone-${stones[all.indexOf(source) % stones.length]}`)
  return (
    <>
      <div
        className={styles.picture}
        data-many={points.length > 12}
        data-crowd={points.length > 40}
        style={{ height: Math.min(760, 380 + 5 * points.length) }}
      >
        <Lines cluster={cluster} shareOf={shareOf} chosen={chosen} />
        {records.map((record) => (
          <button
            key={record.record}
            type="button"
            className={styles.node}
            style={{ ...placed(shareOf(record.at)), ...stoneOf(record.source) }}
            aria-pressed={record.record === chosen}
            aria-label={`${texts.identity.record} ${nameOf(record)}, ${record.source} ${record.id}`}
            title={nameOf(record)}
            onClick={() => onChoose(record.record === chosen ? undefined : record.record)}
          >
            <span className={styles.stone} />
            <span className={styles.nodeName}>
              <span>{record.source}</span> <span>{record.id}</span>
            </span>
          </button>
        ))}
        {neighbours.map(({ profile, at, refused }) => (
          <Link
            key={profile}
            to="/identity/$ruleset/profiles/$id"
            params={{ ruleset, id: profile }}
            className={styles.other}
            style={placed(shareOf(at))}
            title={words.other(profile, refused.length)}
            aria-label={words.other(profile, refused.length)}
          >
            <span className={styles.ring}>{formatCount(refused.length)}</span>
            <span className={styles.nodeName}>{words.otherProfile}</span>
          </Link>
        ))}
      </div>
      <ul className={styles.legend}>
        {sources.map((source) => (
          <li key={source}>
            <span className={styles.stone} style={stoneOf(source)} /> {source}
          </li>
        ))}
        {linesIn(cluster).map((kind) => (
          <li key={kind}>
            <svg width="26" height="8" aria-hidden="true">
              <line x1="0" y1="4" x2="26" y2="4" className={styles.bond} data-kind={kind} />
            </svg>{' '}
            {words.legend[kind]}
          </li>
        ))}
      </ul>
    </>
  )
}

type LineKind = keyof typeof words.legend

const kindOf = ({ isWeakest, isBridge, isDecided }: Bond): LineKind => {
  if (isWeakest) return 'weakest'
  if (isDecided) return 'decided'
  return isBridge ? 'bridge' : 'link'
}

/** The kinds of lines that are in a picture. */
function linesIn({ bonds, neighbours }: Cluster): readonly LineKind[] {
  const found = new Set(bonds.map(kindOf))
  if (neighbours.length > 0) found.add('refused')
  return [...found]
}

const placed = ({ left, top }: Share) => ({ insetInlineStart: `${left}%`, top: `${top}%` })

function Lines({
  cluster: { records, bonds, neighbours },
  shareOf,
  chosen,
}: {
  cluster: Cluster
  shareOf: (point: { x: number; y: number }) => Share
  chosen: string | undefined
}) {
  const places = new Map(records.map(({ record, at }) => [record, shareOf(at)]))
  const isFaded = (...ends: readonly string[]) => chosen !== undefined && !ends.includes(chosen)
  return (
    <svg
      className={styles.lines}
      viewBox="0 0 100 100"
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      {neighbours.flatMap(({ profile, at, from }) =>
        from.map(({ record }) => (
          <Line
            key={`${profile} ${record}`}
            from={places.get(record)}
            to={shareOf(at)}
            kind="refused"
            isFaded={isFaded(record)}
          />
        )),
      )}
      {bonds.map((bond) => (
        <Line
          key={bond.key}
          from={places.get(bond.left)}
          to={places.get(bond.right)}
          kind={kindOf(bond)}
          width={1.4 + 0.7 * Math.min(5, bond.links.length)}
          isFaded={isFaded(bond.left, bond.right)}
        />
      ))}
    </svg>
  )
}

function Line({
  from,
  to,
  kind,
  width = 1.5,
  isFaded,
}: {
  from: Share | undefined
  to: Share | undefined
  kind: LineKind
  width?: number
  isFaded: boolean
}) {
  if (!from || !to) return null
  return (
    <line
      x1={from.left}
      y1={from.top}
      x2={to.left}
      y2={to.top}
      className={styles.bond}
      data-kind={kind}
      data-faded={isFaded}
      style={{ strokeWidth: width }}
    />
  )
}
