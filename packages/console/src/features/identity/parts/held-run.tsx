import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { texts } from '../../../lib/texts.ts'
import type { Refresh } from '../../../lib/use-refresh.ts'
import { AskFirst } from '../../../ui/ask-first.tsx'
import lines from '../../../ui/lines.module.css'
import { runConfirmed } from '../api/identity.ts'
import styles from './identity.module.css'

const words = texts.identity.held

/** A run that waits until somebody confirms it, and the way to publish it all the same; nothing where none is held back. */
export function HeldRun({ ruleset, refresh }: { ruleset: string; refresh: Refresh }) {
  const said = useHeld(refresh.node)
  if (refresh.isBusy || said === undefined) return null
  return (
    <div className={lines.line} data-tone="wait" role="status">
      <span className={lines.grow}>{words.about}</span>
      <Link
        to="/identity/$ruleset"
        params={{ ruleset }}
        search={{ tab: 'simulate' }}
        className={styles.link}
      >
        {words.look}
      </Link>
      <AskFirst
        look={{ size: 'compact-xs' }}
        asks={
          <>
            <p>{said}</p>
            <p>{words.sure}</p>
          </>
        }
        yes={words.yes}
        onYes={() => refresh.follow(() => runConfirmed(ruleset))}
      >
        {words.publish}
      </AskFirst>
    </div>
  )
}

/** Why a run is held back: it would change too many profiles, or a rule of it takes strangers for one. */
const heldBy: readonly unknown[] = ['identity.run_held', 'identity.strangers']

/** What is said of the run that is held back. It is tried again by itself; meanwhile what was said stays. */
function useHeld(node: Refresh['node']): string | undefined {
  const [said, say] = useState<string>()
  const now = heldBy.includes(node?.fault?.code) ? node?.fault?.say : undefined
  if (node !== undefined && node.state !== 'running' && now !== said) say(now)
  return said
}
