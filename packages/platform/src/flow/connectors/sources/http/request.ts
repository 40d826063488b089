import { connectorFaults } from '../../faults.ts'
import type { HttpSettings, HttpSource } from './definition.ts'
import { stepsOf, withValueAt } from './path.ts'

/** One page as it is asked for, without what says who asks. */
export interface PageRequest {
  readonly method: 'GET' | 'POST'
  readonly url: URL
  readonly body?: Readonly<Record<string, unknown>>
}

/** The request for the first page, before any parameter of paging. */
export function requestFor({ base_url }: HttpSettings, source: HttpSource): PageRequest {
  const { method = 'GET', path, query = {}, body } = source
  const url = addressOf(base_url, path)
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value)
  return { method, url, ...(method === 'POST' ? { body: body ?? {} } : {}) }
}

/** A path put behind the base address; it cannot lead to another server. */
function addressOf(baseUrl: string, path: string): URL {
  const whole = `${baseUrl.replace(/\/+$/, '')}/${path.replace(/^\/+/, '')}`
  const base = URL.parse(baseUrl)
  const url = URL.parse(whole)
  if (!base || url?.origin !== base.origin || url.username !== '') {
    throw connectorFaults.leads_elsewhere({ to: path, from: baseUrl })
  }
  return url
}

/** The request with a parameter: in the address, or in the body where there is one. */
export function withParameter(
  request: PageRequest,
  name: string,
  value: string | number,
): PageRequest {
  if (request.body) {
    return { ...request, body: withValueAt(request.body, stepsOf(name), value) }
  }
  const url = new URL(request.url)
  url.searchParams.set(name, String(value))
  return { ...request, url }
}
