import type { ReactNode } from 'react'
import { embedded } from '../lib/embedded.ts'
import { LinkText } from './link-text.tsx'

/** A way to another page of the console; only its words in another tool's window, which has no such pages. */
export function ConsoleLink({
  to,
  className,
  children,
}: {
  to: string
  className?: string | undefined
  children: ReactNode
}) {
  if (embedded) return <span>{children}</span>
  return (
    <LinkText to={to} className={className}>
      {children}
    </LinkText>
  )
}
