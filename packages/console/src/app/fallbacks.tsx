import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
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
  return (
    <Page title={texts.trouble.broken}>
      <EmptyState
        icon="alert"
        title={texts.trouble.broken}
        action={
          <Button variant="default" size="xs" onClick={() => location.reload()}>
            {texts.trouble.reload}
          </Button>
        }
      >
        <TroubleLine thrown={error} />
      </EmptyState>
    </Page>
  )
}

/** The page while the code of a page is on its way. */
export function ComingPage() {
  return <Waiting height={420} />
}
