import type { ReactNode } from 'react'
import { FlowPage } from '../features/flow/page.tsx'
import { FirstFile } from '../features/start/first-file.tsx'

/** The first page: the flow, or, as long as nothing flows, the first step of the guide. */
export function HomePage(): ReactNode {
  return <FlowPage whenEmpty={<FirstFile />} />
}
