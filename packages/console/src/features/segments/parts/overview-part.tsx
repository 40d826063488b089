import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { SegmentOverview } from '@tessera/platform/contract'
import { type Body, bodyAt, isBody, numberAt, textAt } from '../../../lib/body.ts'
import { definitionQuery } from '../../../lib/definitions.ts'
import { formatCount } from '../../../lib/format.ts'
import { nodesQuery } from '../../../lib/jobs.ts'
import { texts } from '../../../lib/texts.ts'
import { Ago } from '../../../ui/ago.tsx'
import { Answer } from '../../../ui/answer.tsx'
import { Facts } from '../../../ui/facts.tsx'
import { Figure, Figures } from '../../../ui/figure.tsx'
import shared from '../../../ui/lines.module.css'
import { NodeList } from '../../../ui/node-list.tsx'
import { Panel } from '../../../ui/page.tsx'
import { laneOf } from '../choose.ts'
import { measured, type Told, tell } from '../sentence.ts'
import { useVocabulary } from '../use-vocabulary.ts'
import { insightLabel, pathLabel, type Vocabulary } from '../vocabulary.ts'
import { Behind, Change } from './segment-table.tsx'
import styles from './segments.module.css'
import { SizesPart } from './sizes-part.tsx'

const words = texts.segments

/** A segment at a glance: its figures, who is meant, its size over time, and what it is made from and used for. */
export function OverviewPart({ segment }: { segment: SegmentOverview }) {
  return (
    <div className={styles.stack}>
      <Standing segment={segment} />
      <div className={styles.columns}>
        <Meaning segmentKey={segment.key} />
        <div className={styles.stack}>
          <Uses segmentKey={segment.key} />
        </div>
      </div>
      <SizesPart segmentKey={segment.key} per="day" />
    </div>
  )
}

function Standing({ segment }: { segment: SegmentOverview }) {
  const { members, kept, changed_at: at } = segment
  const { checked_at: checked, difference = 0, differences = 0 } = kept ?? {}
  return (
    <Figures>
      <Figure
        label={words.figures.members}
        value={members === undefined ? texts.none : formatCount(members)}
        remark={members === undefined ? words.notPublished : undefined}
      />
      <Figure
        label={words.figures.change}
        value={<Change of={segment} />}
        remark={at && <Ago time={at} />}
      />
      <Figure label={words.figures.lane} value={words.lanes[laneOf(segment)]} remark={kept?.why} />
      <Figure label={words.figures.behind} value={<Behind of={segment} />} />
      <Figure
        label={words.figures.checked}
        value={checked === undefined ? words.figures.never : <Ago time={checked} />}
        remark={checked && words.figures.checkedRemark(difference, differences)}
      />
    </Figures>
  )
}

function Meaning({ segmentKey }: { segmentKey: string }) {
  const definition = useQuery(definitionQuery('segment', segmentKey))
  return (
    <Panel title={words.meaning.title}>
      <Answer query={definition} height={160}>
        {({ body }) => <Meant body={isBody(body) ? body : {}} />}
      </Answer>
    </Panel>
  )
}

function Meant({ body }: { body: Body }) {
  const { of } = useVocabulary(textAt(body, ['on']))
  const sql = textAt(body, ['sql'])
  const waterfall = body['waterfall']
  if (sql !== '')
    return (
      <>
        <p>{words.meaning.sql}</p>
        <pre className={styles.query}>{sql}</pre>
      </>
    )
  if (!of) return null
  if (Array.isArray(waterfall)) return <Waterfall of={of} keys={waterfall.map(String)} />
  const zone = textAt(body, ['time_zone'])
  return (
    <div className={styles.stack}>
      <p>{words.meaning.include}</p>
      <Tree of={[tell(of, body['include'])]} />
      {body['exclude'] !== undefined && (
        <>
          <p>{words.meaning.exclude}</p>
          <Tree of={[tell(of, body['exclude'])]} />
        </>
      )}
      <RankSentence of={of} body={body} />
      {zone !== '' && <p className={shared.quiet}>{words.meaning.zone(zone)}</p>}
      <Parameters body={body} />
    </div>
  )
}

function Tree({ of }: { of: readonly Told[] }) {
  return (
    <ul className={styles.tree}>
      {of.map(({ says, below }, i) => (
        // Equal conditions may stand beside each other.
        <li key={`${i} ${says}`}>
          <span className={below.length > 0 ? styles.joins : undefined}>{says}</span>
          {below.length > 0 && <Tree of={below} />}
        </li>
      ))}
    </ul>
  )
}

function Waterfall({ of, keys }: { of: Vocabulary; keys: readonly string[] }) {
  return (
    <>
      <p>{words.meaning.waterfall}</p>
      <ol className={styles.list}>
        {keys.map((key, i) => (
          <li key={key} className={styles.entry}>
            <span className={shared.quiet}>{i + 1}.</span>
            <Link to="/segments/$key" params={{ key }} className={styles.link}>
              {of.segments.get(key) ?? key}
            </Link>
          </li>
        ))}
      </ol>
    </>
  )
}

function RankSentence({ of, body }: { of: Vocabulary; body: Body }) {
  const first = numberAt(body, ['rank', 'first'])
  if (first === undefined) return null
  const by = bodyAt(body, ['rank', 'by'])
  const per = textAt(body, ['rank', 'per'])
  const order =
    words.builder.orders[textAt(body, ['rank', 'order']) === 'lowest' ? 'lowest' : 'highest']
  const value = rankedBy(of, by)
  return (
    <p>
      {per === ''
        ? words.meaning.rank(first, order, value)
        : words.meaning.rankPer(first, order, value, pathLabel(of, {}, per))}
    </p>
  )
}

function rankedBy(of: Vocabulary, by: Body): string {
  if (by['related'] !== undefined) return measured(of, by)
  const insight = textAt(by, ['insight'])
  return insight === ''
    ? pathLabel(of, {}, textAt(by, ['field']))
    : insightLabel(of.insights, insight)
}

function Parameters({ body }: { body: Body }) {
  const all = Object.entries(bodyAt(body, ['parameters']))
  if (all.length === 0) return null
  return (
    <section>
      <h3>{words.meaning.parameters}</h3>
      <Facts
        facts={all.map(([name, of]) => {
          const parameter = isBody(of) ? of : {}
          const otherwise = parameter['default'] === undefined ? '' : String(parameter['default'])
          return [`$${name}`, words.meaning.parameter(textAt(parameter, ['type']), otherwise)]
        })}
      />
    </section>
  )
}

function Uses({ segmentKey }: { segmentKey: string }) {
  const flow = useQuery(nodesQuery)
  const node = `segment:${segmentKey}`
  return (
    <Answer query={flow} height={120}>
      {({ nodes }) => {
        const users = nodes.filter(({ inputs }) => inputs.includes(node))
        const inputs = nodes.find(({ key }) => key === node)?.inputs ?? []
        const made = nodes.filter(({ key }) => inputs.includes(key))
        return (
          <>
            <Panel title={words.uses.title}>
              {users.length === 0 ? (
                <p className={shared.quiet}>{words.uses.none}</p>
              ) : (
                <NodeList nodes={users} />
              )}
            </Panel>
            {made.length > 0 && (
              <Panel title={words.uses.made}>
                <NodeList nodes={made} />
              </Panel>
            )}
          </>
        )
      }}
    </Answer>
  )
}
