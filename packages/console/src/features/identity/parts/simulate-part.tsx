import { Button, Slider } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { DefinitionAnswer, SimulateBody, Simulation } from '@tessera/platform/contract'
import { useState } from 'react'
import { type Body, isBody } from '../../../lib/body.ts'
import { definitionQuery, planQuery, putDefinition } from '../../../lib/definitions.ts'
import { textOf } from '../../../lib/draft.ts'
import { texts } from '../../../lib/texts.ts'
import { useDraft } from '../../../lib/use-draft.ts'
import { useJob } from '../../../lib/use-job.ts'
import { verdictOf } from '../../../lib/verdict.ts'
import { Answer } from '../../../ui/answer.tsx'
import { EmptyState } from '../../../ui/empty-state.tsx'
import { Panel } from '../../../ui/page.tsx'
import { TroubleLine } from '../../../ui/trouble.tsx'
import { WorkLine } from '../../../ui/work-line.tsx'
import { identityKey } from '../api/identity.ts'
import { simulate } from '../api/model.ts'
import { bitsIn, probabilityIn, probabilityOf, weightOf } from '../bits.ts'
import { modelUseIn } from '../model-use.ts'
import styles from './identity.module.css'
import look from './model.module.css'
import { Simulated } from './simulated.tsx'

const words = texts.identity.simulate

/** What other rules or another threshold would do, worked out in full before anything is published. */
export function SimulatePart({ ruleset }: { ruleset: string }) {
  const published = useQuery(definitionQuery('ruleset', ruleset))
  return (
    <Answer query={published} height={480}>
      {(found) => <Simulate published={found} />}
    </Answer>
  )
}

/** How probable a match must be where a ruleset does not say. */
const usual = 0.9

/** The ruleset as it would be: the draft of the editor, and the threshold chosen here. */
function useProposed(published: DefinitionAnswer) {
  const { draft, keep } = useDraft(published)
  const plan = useQuery(planQuery(textOf(published, draft)))
  const verdict = plan.data && verdictOf(plan.data, published)
  const written = draft === undefined ? published.body : verdict?.body
  const model = modelUseIn(written)
  const [chosen, choose] = useState<number>()
  const published_ = modelUseIn(published.body)?.at_least ?? usual
  const least = chosen ?? model?.at_least ?? usual
  const isBad = draft !== undefined && (verdict?.problems.length ?? 0) > 0
  const body = isBody(written) ? withLeast(written, chosen) : undefined
  return { draft, keep, model, least, publishedLeast: published_, choose, isBad, body }
}

function withLeast(body: Body, least: number | undefined): Body {
  const { model } = body
  return least === undefined || !isBody(model)
    ? body
    : { ...body, model: { ...model, at_least: least } }
}

type Proposed = ReturnType<typeof useProposed>

function Simulate({ published }: { published: DefinitionAnswer }) {
  const proposed = useProposed(published)
  const work = useJob(simulate)
  const publish = usePublish(proposed)
  const { body, isBad } = proposed
  const isSame = JSON.stringify(body) === JSON.stringify(published.body)
  // The server has read the body: it is what a plan gave, or what is published.
  const asked = { ruleset: published.key, body: { ruleset: body } as SimulateBody }
  const isCurrent = JSON.stringify(work.asked) === JSON.stringify(asked)
  // The job answers with this shape; see the identity room.
  const found = work.job?.state === 'done' ? (work.job.result as Simulation) : undefined
  return (
    <div className={styles.stack}>
      <Panel title={words.title}>
        <div className={look.settings}>
          <p className={styles.small}>{words.about}</p>
          <p>{proposed.draft === undefined ? words.published : words.draft}</p>
          {isBad && (
            <p role="alert" className={styles.bad}>
              {words.badDraft}
            </p>
          )}
          {proposed.model && <Least of={proposed} />}
          <div className={styles.actions}>
            <Button
              loading={work.isBusy}
              disabled={isBad || body === undefined}
              onClick={() => work.start(asked)}
            >
              {words.button}
            </Button>
            {found && isCurrent && !isSame && (
              <Button
                variant="default"
                loading={publish.isPending}
                onClick={() =>
                  publish.mutate({
                    kind: published.kind,
                    key: published.key,
                    body,
                    over: proposed.draft?.over ?? published.version,
                  })
                }
              >
                {words.publish}
              </Button>
            )}
          </div>
          {publish.error && <TroubleLine thrown={publish.error} />}
          {publish.isSuccess && isSame && (
            <p role="status" className={styles.good}>
              {words.publishedNow}
            </p>
          )}
        </div>
      </Panel>
      <WorkLine work={work} running={words.running} failed={words.failed} />
      {found && !isCurrent && (
        <p className={styles.line} data-tone="wait" role="status">
          {words.outdated}
        </p>
      )}
      {found ? (
        <Simulated of={found} />
      ) : (
        !work.isBusy && (
          <Panel>
            <EmptyState icon="split" title={words.start}>
              {words.startHelp}
            </EmptyState>
          </Panel>
        )
      )}
    </div>
  )
}

const [lightest, heaviest] = [0, 19]

function Least({ of: { least, publishedLeast, choose } }: { of: Proposed }) {
  return (
    <div className={look.least}>
      <span className={look.leastTitle}>
        <span className={styles.strong}>{words.least}</span>{' '}
        <span className={styles.small}>{words.leastNow(probabilityIn(publishedLeast))}</span>
      </span>
      <Slider
        min={lightest}
        max={heaviest}
        step={0.1}
        value={Number(weightOf(least).toFixed(1))}
        onChange={(weight) => choose(Number(probabilityOf(weight).toFixed(6)))}
        label={(weight) => `${bitsIn(weight)} ${texts.identity.threshold.bits}`}
        thumbLabel={words.least}
      />
      <output>
        {probabilityIn(least)}, {bitsIn(weightOf(least))} {texts.identity.threshold.bits}
      </output>
    </div>
  )
}

/** Publishes what was simulated; from then on it is neither a draft nor chosen here any more. */
function usePublish({ keep, choose }: Proposed) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: putDefinition,
    onSuccess: async (_, { key, body }) => {
      queries.setQueryData(
        definitionQuery('ruleset', key).queryKey,
        (before: DefinitionAnswer | undefined) => before && { ...before, body },
      )
      keep(undefined)
      choose(undefined)
      await Promise.all(
        [['definitions'], identityKey, ['graph']].map((queryKey) =>
          queries.invalidateQueries({ queryKey }),
        ),
      )
    },
  })
}
