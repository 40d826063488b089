import type { DefinitionAnswer } from '@tessera/platform/contract'
import { useEffect, useState } from 'react'
import type { Chart } from '../../lib/chart.ts'
import { lastText } from './last-text.ts'
import { sqlOf } from './saved.ts'

/** The text of a question and the chart that was chosen for it; they follow what is opened and what the address says. */
export function useText(opened: DefinitionAnswer | undefined, inAddress: string | undefined) {
  const [sql, setSql] = useState(inAddress ?? (opened ? sqlOf(opened) : lastText.get()))
  const [sent, setSent] = useState(inAddress)
  const [shown, setShown] = useState(opened?.key)
  const [chart, setChart] = useState<Chart>()
  useEffect(() => lastText.set(sql), [sql])
  // Another one was opened.
  if (opened !== undefined && opened.key !== shown) {
    setShown(opened.key)
    setChart(undefined)
    setSql(inAddress ?? sqlOf(opened))
  }
  // The address changed by itself: the back button, or a link.
  if (inAddress !== sent) {
    setSent(inAddress)
    if (inAddress !== undefined) setSql(inAddress)
  }
  return { sql, write: setSql, chart, setChart, setSent }
}
