import type { IncomingMessage } from 'node:http'
import { ingestFaults } from './faults.ts'

/** The path of a request, without its query. */
export const pathOf = ({ url = '' }: IncomingMessage): string => url.split('?', 1)[0] ?? ''

/** The query of a request. */
export const queryOf = ({ url = '' }: IncomingMessage): URLSearchParams =>
  new URLSearchParams(url.slice(pathLength(url)))

const pathLength = (url: string) => (url.includes('?') ? url.indexOf('?') : url.length)

/** The method of a request, which has to be one of these. */
export function mustBe({ method = '' }: IncomingMessage, allowed: readonly string[]): string {
  if (!allowed.includes(method)) throw ingestFaults.wrong_method({ method, allowed })
  return method
}
