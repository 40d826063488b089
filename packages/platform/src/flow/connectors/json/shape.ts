import { connectorFaults } from '../faults.ts'
import type { Head } from '../text/head.ts'

/** How JSON records are written; a single object is to be wrapped into an array. */
export interface JsonShape {
  readonly format: 'json' | 'ndjson'
  readonly wrap: boolean
}

/** Tells an array of records from one record to a line, by the content: endings are often wrong about it. */
export function jsonShape({ text, isWhole }: Head, name: string): JsonShape {
  const start = text.trimStart()
  if (start.startsWith('[')) return { format: 'json', wrap: false }
  if (!start.startsWith('{')) {
    const found = JSON.stringify(start.slice(0, 20))
    throw connectorFaults.wrong_format({ name, format: 'JSON', found })
  }
  const [firstLine = ''] = start.split('\n', 1)
  const isLine = isJson(firstLine) || (!isWhole && firstLine.length === start.length)
  return isLine ? { format: 'ndjson', wrap: false } : { format: 'json', wrap: true }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
