import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { MatchModelStatus } from '@tessera/platform/contract'
import { definitionQuery } from '../../../lib/definitions.ts'
import { formatCount } from '../../../lib/format.ts'
import { texts } from '../../../lib/texts.ts'
import { useJob, type Work } from '../../../lib/use-job.ts'
import { Ago } from '../../../ui/ago.tsx'
import { Answer } from '../../../ui/answer.tsx'
import { type Column, DataTable } from '../../../ui/data-table.tsx'
import { EmptyState } from '../../../ui/empty-state.tsx'
import { Figure, Figures } from '../../../ui/figure.tsx'
import { Panel } from '../../../ui/page.tsx'
import { Say } from '../../../ui/say.tsx'
import { WorkLine } from '../../../ui/work-line.tsx'
import { identityKey } from '../api/identity.ts'
import { matchModelQuery, train } from '../api/model.ts'
import { bitsIn, smallShareIn } from '../bits.ts'
import { modelUseIn } from '../model-use.ts'
import styles from './identity.module.css'
import look from './model.module.css'
import { SizesPart } from './sizes-part.tsx'
import { ThresholdPart } from './threshold-part.tsx'

const words = texts.identity.model

/** The model of a ruleset: what it learned, what speaks against trusting it, and what it would find at each threshold. */
export function ModelPart({ ruleset }: { ruleset: string }) {
  const published = useQuery(definitionQuery('ruleset', ruleset))
  return (
    <Answer query={published} height={480}>
      {({ body }) => {
        const model = modelUseIn(body)
        return (
          <div className={styles.stack}>
            {model === undefined ? (
              <Panel>
                <EmptyState icon="model" title={words.none}>
                  <Say text={words.noneHelp} />
                </EmptyState>
              </Panel>
            ) : (
              <Model model={model.use} ruleset={ruleset} />
            )}
            <SizesPart ruleset={ruleset} />
          </div>
        )
      }}
    </Answer>
  )
}

// Outside the component, so that it is the same at each look.
const changedByTraining = [identityKey, ['definitions'], ['graph']]

function Model({ model, ruleset }: { model: string; ruleset: string }) {
  const found = useQuery(matchModelQuery(model))
  const work = useJob(train, changedByTraining)
  return (
    <Answer query={found} height={480}>
      {(of) => (
        <>
          <WorkLine work={work} running={words.training} failed={words.trainFailed} />
          {work.job?.state === 'done' && (
            <p className={styles.line} data-tone="good" role="status">
              {words.trained}
            </p>
          )}
          {of.trained ? (
            <Learned of={of} work={work} ruleset={ruleset} />
          ) : (
            <Panel>
              <EmptyState
                icon="model"
                title={words.untrained}
                action={<TrainButton of={of} work={work} />}
              >
                {words.untrainedHelp}
              </EmptyState>
            </Panel>
          )}
        </>
      )}
    </Answer>
  )
}

function TrainButton({ of, work }: { of: MatchModelStatus; work: Work<string> }) {
  return (
    <Button
      size="xs"
      variant={of.trained ? 'default' : 'filled'}
      loading={work.isBusy}
      onClick={() => work.start(of.model)}
    >
      {of.trained ? words.trainAgain : words.train}
    </Button>
  )
}

function Learned({
  of,
  work,
  ruleset,
}: {
  of: MatchModelStatus
  work: Work<string>
  ruleset: string
}) {
  return (
    <>
      <ModelFigures of={of} />
      {of.doubts.length > 0 && (
        <Panel title={words.doubts}>
          <ul className={look.doubts}>
            {of.doubts.map((doubt) => (
              <li key={doubt}>{doubt}</li>
            ))}
          </ul>
        </Panel>
      )}
      <Panel
        title={`${words.weights}: ${of.label ?? of.model}`}
        aside={<TrainButton of={of} work={work} />}
        flush="flush"
      >
        <Weights of={of} />
      </Panel>
      <ThresholdPart ruleset={ruleset} />
      {of.blocks.length > 0 && (
        <Panel title={words.blocks} flush="flush">
          <DataTable
            label={words.blocks}
            rows={of.blocks}
            columns={blockColumns}
            rowKey={({ rule }) => rule}
          />
        </Panel>
      )}
    </>
  )
}

function ModelFigures({ of: { trained, prior } }: { of: MatchModelStatus }) {
  if (!trained) return null
  return (
    <Figures>
      <Figure
        label={words.records}
        value={formatCount(trained.records)}
        remark={words.recordsRemark(formatCount(trained.candidates))}
      />
      <Figure
        label={words.matches}
        value={formatCount(Math.round(trained.matches))}
        remark={words.matchesRemark}
      />
      {prior && (
        <Figure
          label={words.prior}
          value={words.oneIn(formatCount(Math.round(1 / prior.probability)))}
          remark={words.priorRemark(bitsIn(prior.weight))}
        />
      )}
      <Figure
        label={words.learned}
        value={<Ago time={trained.at} />}
        remark={words.learnedRemark(words.from[trained.from], trained.rounds)}
      />
    </Figures>
  )
}

interface Row {
  readonly key: string
  readonly column: string | undefined
  readonly level: string
  readonly m: number | undefined
  readonly u: number | undefined
  readonly weight: number | undefined
  /** The heaviest weight of the table, for and against. */
  readonly most: number
}

function Weights({ of: { comparisons } }: { of: MatchModelStatus }) {
  const weights = comparisons.flatMap(({ levels }) => levels.map(({ weight = 0 }) => weight))
  const most = Math.max(1, ...weights.map(Math.abs))
  const rows = comparisons.flatMap(({ column, levels }) =>
    levels.map(
      ({ level, m, u, weight }, i): Row => ({
        key: `${column} ${level}`,
        column: i === 0 ? column : undefined,
        level,
        m,
        u,
        weight,
        most,
      }),
    ),
  )
  return (
    <DataTable
      label={words.weights}
      rows={rows}
      columns={weightColumns}
      rowKey={({ key }) => key}
    />
  )
}

const share = (of: 'm' | 'u'): Column<Row> => ({
  key: of,
  title: words[of],
  width: '22%',
  cell: ({ [of]: value }) =>
    value !== undefined && (
      <span className={look.share}>
        <span className={look.track} aria-hidden="true">
          <span className={look.fill} data-of={of} style={{ width: `${100 * value}%` }} />
        </span>
        {smallShareIn(value)}
      </span>
    ),
})

const weightColumns: readonly Column<Row>[] = [
  {
    key: 'column',
    title: words.column,
    cell: ({ column }) => <span className={look.firstLevel}>{column?.replaceAll('_', ' ')}</span>,
  },
  { key: 'level', title: words.level, cell: ({ level }) => level.replaceAll('_', ' ') },
  share('m'),
  share('u'),
  { key: 'weight', title: words.weight, width: '22%', cell: (row) => <Weight of={row} /> },
]

function Weight({ of: { weight, most } }: { of: Row }) {
  if (weight === undefined) return null
  const half = (50 * Math.abs(weight)) / most
  return (
    <span className={look.weight}>
      <span className={look.track} aria-hidden="true">
        <span
          className={look.weightBar}
          data-tone={weight > 0 ? 'for' : 'against'}
          style={{ left: `${weight > 0 ? 50 : 50 - half}%`, width: `${half}%` }}
        />
        <span className={look.middle} />
      </span>
      {weight > 0 ? `+${bitsIn(weight)}` : bitsIn(weight)}
    </span>
  )
}

type Block = MatchModelStatus['blocks'][number]

const blockColumns: readonly Column<Block>[] = [
  { key: 'rule', title: words.block, cell: ({ rule }) => rule.replaceAll('_', ' ') },
  {
    key: 'blocks',
    title: words.blockCount,
    align: 'end',
    cell: ({ blocks }) => formatCount(blocks),
  },
  { key: 'pairs', title: words.pairs, align: 'end', cell: ({ pairs }) => formatCount(pairs) },
  {
    key: 'leftOut',
    title: words.leftOut,
    align: 'end',
    cell: ({ left_out }) => formatCount(left_out.records),
  },
]
