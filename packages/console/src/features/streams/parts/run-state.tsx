import type { StreamRun } from '@tessera/platform/contract'
import { texts } from '../../../lib/texts.ts'
import { Ago } from '../../../ui/ago.tsx'
import { StateBadge, type Tone } from '../../../ui/state-badge.tsx'

const tones: Readonly<Record<StreamRun['state'], Tone>> = {
  running: 'busy',
  done: 'good',
  failed: 'bad',
  interrupted: 'wait',
}

/** The state of a run in a word. */
export function RunState({ run }: { run: StreamRun }) {
  return <StateBadge tone={tones[run.state]}>{texts.streams.states[run.state]}</StateBadge>
}

/** The last run of a stream: when, and how it ended if not well. */
export function LastRun({ run }: { run: StreamRun | undefined }) {
  if (!run) return <StateBadge tone="none">{texts.streams.neverRan}</StateBadge>
  return (
    <span title={run.fault}>
      <StateBadge tone={tones[run.state]}>
        {run.state !== 'done' && <>{texts.streams.states[run.state]} · </>}
        <Ago time={run.finished_at ?? run.started_at} />
      </StateBadge>
    </span>
  )
}
