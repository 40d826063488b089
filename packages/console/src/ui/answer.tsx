import { Skeleton } from '@mantine/core'
import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { isGone } from '../lib/refusal.ts'
import { texts } from '../lib/texts.ts'
import { LinkButton } from './link-button.tsx'
import { Page } from './page.tsx'
import { Trouble } from './trouble.tsx'

/** The answer to a question to the server: shown when it is there, else that it is on its way, or why it is not coming. */
export function Answer<T>({
  query,
  height = 240,
  children,
}: {
  query: UseQueryResult<T, Error>
  height?: number
  children: (data: T) => ReactNode
}) {
  if (query.data !== undefined) return children(query.data)
  if (query.error) return <Trouble thrown={query.error} again={() => void query.refetch()} />
  if (query.failureReason) return <Trouble thrown={query.failureReason} />
  return <Waiting height={height} />
}

/** A whole page about one thing: until it is there, and where there is none, the page has its title and the way back. */
export function PageAnswer<T>({
  query,
  title,
  back,
  children,
}: {
  query: UseQueryResult<T, Error>
  title: string
  back: { readonly to: string; readonly label: string }
  children: (data: T) => ReactNode
}) {
  if (query.data !== undefined) return children(query.data)
  return (
    <Page title={title} back={back}>
      <Answer query={query} height={480}>
        {children}
      </Answer>
      {isGone(query.error) && (
        <LinkButton to={back.to} icon="back">
          {texts.trouble.toList(back.label)}
        </LinkButton>
      )}
    </Page>
  )
}

/** Something is on its way. */
export function Waiting({ height }: { height: number }) {
  return (
    <div aria-busy="true" style={{ display: 'grid', gap: 10, padding: 16 }}>
      <Skeleton height={14} width="38%" />
      <Skeleton height={Math.max(20, height - 90)} />
      <Skeleton height={14} width="62%" />
    </div>
  )
}
