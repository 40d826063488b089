import { useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import type { ImportAnswer } from '@tessera/platform/contract'
import { type ReactNode, useEffect } from 'react'
import { isUnderway, jobQuery } from '../../lib/jobs.ts'
import { texts } from '../../lib/texts.ts'
import { Page } from '../../ui/page.tsx'
import type { StartAddress } from './address.ts'
import { activationQuery, importedKey, summaryQuery } from './api/start.ts'
import { FieldsStep } from './parts/fields-step.tsx'
import { FileStep } from './parts/file-step.tsx'
import { PeopleStep } from './parts/people-step.tsx'
import { RunStep } from './parts/run-step.tsx'
import { SegmentStep } from './parts/segment-step.tsx'
import { SendStep } from './parts/send-step.tsx'
import styles from './parts/start.module.css'
import { type Standing, Step } from './parts/step.tsx'

const words = texts.start
const route = getRouteApi('/start')

/** The guide from an empty house to a segment in a file. How far one has come stands in the address. */
export function StartPage(): ReactNode {
  const address = route.useSearch()
  const navigate = route.useNavigate()
  const go = (search: StartAddress) => navigate({ search, replace: true })
  return (
    <Page title={words.title} about={words.about}>
      <Steps address={address} go={go} />
    </Page>
  )
}

function Steps({
  address,
  go,
}: {
  address: StartAddress
  go: (to: StartAddress) => Promise<void>
}) {
  const { stream, job, segment, activation } = address
  const queries = useQueryClient()
  const imported = queries.getQueryData<ImportAnswer>(importedKey(stream ?? ''))
  const standing = useStandings(address)
  return (
    <ol className={styles.steps}>
      <Step number={1} title={words.steps.file} standing={standing.file}>
        <FileStep
          stream={stream}
          imported={imported}
          onTaken={(taken) => go({ stream: taken.stream, job: taken.job })}
          onUndone={() => go({})}
        />
      </Step>
      <Step number={2} title={words.steps.fields} standing={standing.fields}>
        {stream !== undefined && <FieldsStep stream={stream} imported={imported} />}
      </Step>
      <Step number={3} title={words.steps.run} standing={standing.run}>
        {job !== undefined && (
          <RunStep job={job} onAgain={(again) => go({ ...address, job: again })} />
        )}
      </Step>
      <Step number={4} title={words.steps.people} standing={standing.people}>
        {stream !== undefined && <PeopleStep stream={stream} />}
      </Step>
      <Step number={5} title={words.steps.segment} standing={standing.segment}>
        <SegmentStep
          segment={segment}
          onSegment={(key) =>
            go({ ...(stream && { stream }), ...(job && { job }), ...(key && { segment: key }) })
          }
        />
      </Step>
      <Step number={6} title={words.steps.send} standing={standing.send}>
        {segment !== undefined && (
          <SendStep
            segment={segment}
            activation={activation}
            onActivation={(key) => go({ ...address, activation: key })}
          />
        )}
      </Step>
    </ol>
  )
}

/** Where each step stands; once the run is over, what it changed is asked anew. */
function useStandings({ stream, job, segment, activation }: StartAddress) {
  const queries = useQueryClient()
  const { data: run } = useQuery(jobQuery(job ?? ''))
  const isOver = run !== undefined && !isUnderway(run)
  useEffect(() => {
    if (isOver) void queries.invalidateQueries({ queryKey: summaryQuery.queryKey })
  }, [isOver, queries])
  const { data: summary } = useQuery({ ...summaryQuery, enabled: isOver })
  const { data: sent } = useQuery(activationQuery(activation ?? ''))
  const hasPeople = isOver && (summary?.profiles ?? 0) > 0
  const isSent = sent !== undefined && sent !== null && sent.ledger.delivered > 0
  return {
    file: standingOf(true, stream !== undefined),
    fields: standingOf(stream !== undefined, isOver),
    run: standingOf(job !== undefined, isOver && run.state === 'done'),
    people: standingOf(isOver && stream !== undefined, hasPeople),
    segment: standingOf(hasPeople, segment !== undefined),
    send: standingOf(hasPeople && segment !== undefined, isSent),
  }
}

function standingOf(isReached: boolean, isDone: boolean): Standing {
  if (!isReached) return 'later'
  return isDone ? 'done' : 'now'
}
