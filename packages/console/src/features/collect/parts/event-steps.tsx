import { Link } from '@tanstack/react-router'
import type { EventWay, WayStep } from '@tessera/platform/contract'
import { texts } from '../../../lib/texts.ts'
import { Ago } from '../../../ui/ago.tsx'
import { detailsOf, type Part, type StepDetails } from '../way.ts'
import styles from './events.module.css'

const words = texts.events

/** The steps of an event's way, from the door to the customer. */
export function EventSteps({ way }: { way: EventWay }) {
  return (
    <ol className={styles.steps}>
      {way.steps.map((step) => (
        <Step key={step.step} way={way} step={step} />
      ))}
    </ol>
  )
}

function Step({ way, step }: { way: EventWay; step: WayStep }) {
  const details = detailsOf(step)
  return (
    <li className={styles.step} data-state={step.state}>
      <span className={styles.stepHead}>
        <span className={styles.stepName}>{words.steps[step.step]}</span>
        <span className={styles.stepState}>
          {words.stepStates[step.state]}
          {step.at !== undefined && (
            <>
              {' · '}
              <Ago time={step.at} />
            </>
          )}
        </span>
      </span>
      {details.parts.length === 0 ? (
        <span className={styles.say}>{step.say}</span>
      ) : (
        <Parts parts={details.parts} />
      )}
      <Statements statements={details.statements} />
      <NextLink way={way} step={step} original={details.original} />
    </li>
  )
}

function Parts({ parts }: { parts: readonly Part[] }) {
  return (
    <ul>
      {parts.map(({ say, state, profile }) => (
        <li key={say} className={styles.say} data-state={state}>
          {say}{' '}
          {profile !== undefined && (
            <Link to="/customers/$id" params={{ id: profile }} className={styles.link}>
              {words.openProfile}
            </Link>
          )}
        </li>
      ))}
    </ul>
  )
}

function Statements({ statements }: Pick<StepDetails, 'statements'>) {
  if (statements.length === 0) return null
  return (
    <span className={styles.links}>
      <span className={styles.stepState}>{words.statements}</span>
      {statements.map(({ position, stream }) => (
        <EventLink key={position} position={position}>
          {stream}
        </EventLink>
      ))}
    </span>
  )
}

const EventLink = ({ position, children }: { position: number; children: string }) => (
  <Link to="/events" search={{ event: String(position) }} className={styles.link}>
    {children}
  </Link>
)

/** Where one goes from a step to put right what stopped it, or to see what has become of it. */
function NextLink({
  way: { stream, kind },
  step: { step, state },
  original,
}: {
  way: EventWay
  step: WayStep
  original: number | undefined
}) {
  if (original !== undefined)
    return <EventLink position={original}>{words.openOriginal(original)}</EventLink>
  if (state === 'stopped' && kind === 'parked') {
    return (
      <Link to="/senders" className={styles.link}>
        {words.openParked}
      </Link>
    )
  }
  if (state === 'stopped' && kind === 'rejected') {
    return (
      <Link
        to="/streams/$key"
        params={{ key: stream }}
        search={{ tab: 'rejected' }}
        className={styles.link}
      >
        {words.openRejected}
      </Link>
    )
  }
  if (step !== 'stored' || state !== 'done') return null
  return (
    <Link to="/streams/$key" params={{ key: stream }} className={styles.link}>
      {words.openStream}
    </Link>
  )
}
