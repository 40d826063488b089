import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import { healthQuery } from '../lib/health.ts'
import { texts } from '../lib/texts.ts'
import { Waiting } from '../ui/answer.tsx'
import { EmptyState } from '../ui/empty-state.tsx'
import { Page } from '../ui/page.tsx'
import { TroubleLine } from '../ui/trouble.tsx'

/** The page for an address that leads nowhere. */
export function NotFoundPage() {
  return (
    <Page title={texts.trouble.notFound}>
      <EmptyState
        icon="search"
        title={texts.trouble.notFoundHelp}
        action={
          <Button component={Link} to="/" variant="default" size="xs">
            {texts.trouble.home}
          </Button>
        }
      />
    </Page>
  )
}

/** The page when a page itself has a bug, or its code could not be fetched. */
export function BrokenPage({ error }: { error: unknown }) {
  const isAway = useServerAway(() => location.reload())
  const title = isAway ? texts.trouble.noPage : texts.trouble.broken
  return (
    <Page title={title}>
      <EmptyState
        icon="alert"
        title={isAway ? texts.trouble.unreachable : title}
        action={
          <Button variant="default" size="xs" onClick={() => location.reload()}>
            {texts.trouble.reload}
          </Button>
        }
      >
        {isAway ? texts.trouble.recovers : <TroubleLine thrown={error} />}
      </EmptyState>
    </Page>
  )
}

// Code that could not be fetched is not asked for again by the browser.
function useServerAway(onReturn: () => void): boolean {
  const { failureReason, isSuccess } = useQuery({ ...healthQuery, refetchInterval: 2_000 })
  const isAway = failureReason !== null
  const wasAway = useRef(false)
  useEffect(() => {
    if (isAway) wasAway.current = true
    else if (isSuccess && wasAway.current) onReturn()
  }, [isAway, isSuccess, onReturn])
  return isAway
}

/** The page while the code of a page is on its way. */
export function ComingPage() {
  return <Waiting height={420} />
}
