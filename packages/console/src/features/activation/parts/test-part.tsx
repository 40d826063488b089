import { Button } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import type { DestinationTested } from '@tessera/platform/contract'
import type { Body } from '../../../lib/body.ts'
import { texts } from '../../../lib/texts.ts'
import shared from '../../../ui/lines.module.css'
import { Panel } from '../../../ui/page.tsx'
import { useIsKeeping } from '../../../ui/secret-field.tsx'
import { StateBadge } from '../../../ui/state-badge.tsx'
import { TroubleLine } from '../../../ui/trouble.tsx'
import { testDestination } from '../api/activations.ts'
import styles from './activations.module.css'

const words = texts.activations.test

/** Whether a destination could be delivered to as it is written now, looked at when one asks. */
export function TestPart({ body }: { body: Body | undefined }) {
  const test = useMutation({ mutationFn: testDestination })
  const isKeeping = useIsKeeping()
  const isOld = test.data !== undefined && test.variables !== body
  return (
    <Panel
      title={words.title}
      aside={
        <Button
          size="compact-sm"
          variant="default"
          disabled={body === undefined}
          loading={test.isPending || isKeeping}
          onClick={() => body && test.mutate(body)}
        >
          {words.button}
        </Button>
      }
    >
      <div className={styles.previewed}>
        {test.error && (
          <div role="alert" className={shared.bad}>
            <TroubleLine thrown={test.error} />
          </div>
        )}
        {!test.data && !test.error && <p className={shared.quiet}>{words.about}</p>}
        {isOld && <p className={shared.small}>{words.older}</p>}
        {test.data && <Found of={test.data} />}
      </div>
    </Panel>
  )
}

function Found({ of: { works, seen, problems } }: { of: DestinationTested }) {
  return (
    <div role="status">
      <StateBadge tone={works ? 'good' : 'bad'}>{works ? words.works : words.fails}</StateBadge>
      <ul className={styles.seen}>
        {seen.map((one) => (
          <li key={one}>{one}</li>
        ))}
        {problems.map(({ at, say }) => (
          <li key={`${at} ${say}`} className={shared.bad}>
            {say}
          </li>
        ))}
      </ul>
    </div>
  )
}
