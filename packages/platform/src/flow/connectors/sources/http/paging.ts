import { connectorFaults } from '../../faults.ts'
import type { Paging } from './definition.ts'
import { nextLink } from './links.ts'
import { valueAt } from './path.ts'
import { type PageRequest, withParameter } from './request.ts'

/** What is known of the page that was read last. */
export interface PageRead {
  readonly request: PageRequest
  /** The answer, parsed. */
  readonly answer: unknown
  readonly headers: Readonly<Record<string, string>>
  /** How many records it had, and all pages until now with it. */
  readonly records: number
  readonly recordsSoFar: number
  /** How many pages there were, with this one. */
  readonly pagesSoFar: number
}

/** The request for the first page. */
export function firstPage(paging: Paging, request: PageRequest): PageRequest {
  if (paging.kind === 'offset') return offsetPage(paging, request, 0)
  if (paging.kind === 'page') return withParameter(request, paging.param, paging.first ?? 1)
  return request
}

/** The request for the page after this one; nothing when it was the last. */
export function nextPage(paging: Paging, read: PageRead): PageRequest | undefined {
  switch (paging.kind) {
    case 'none':
      return undefined
    case 'cursor':
      return afterCursor(paging, read)
    case 'offset':
      return afterOffset(paging, read)
    case 'page':
      return afterNumber(paging, read)
    case 'link':
      return afterLink(paging, read)
  }
}

type Of<Kind extends Paging['kind']> = Extract<Paging, { kind: Kind }>

function afterCursor({ next, param, more }: Of<'cursor'>, read: PageRead): PageRequest | undefined {
  const cursor = valueAt(read.answer, next)
  const hasMore = more === undefined || saysYes(valueAt(read.answer, more))
  if (!hasMore || isNothing(cursor)) return undefined
  if (typeof cursor !== 'string' && typeof cursor !== 'number') {
    throw connectorFaults.unusable_value({ what: `the cursor at ${next}`, found: shown(cursor) })
  }
  return withParameter(read.request, param, cursor)
}

// A page with fewer records than asked for need not be the last: servers have limits of their own.
function afterOffset(paging: Of<'offset'>, read: PageRead): PageRequest | undefined {
  const total = paging.total === undefined ? undefined : countAt(read.answer, paging.total)
  if (read.records > 0) {
    const isAll = total !== undefined && read.recordsSoFar >= total
    return isAll ? undefined : offsetPage(paging, read.request, read.recordsSoFar)
  }
  refuseEarlyEnd(total, read.recordsSoFar, 'records')
  return undefined
}

function afterNumber(paging: Of<'page'>, read: PageRead): PageRequest | undefined {
  const pages = paging.pages === undefined ? undefined : countAt(read.answer, paging.pages)
  if (pages === undefined ? read.records === 0 : read.pagesSoFar >= pages) return undefined
  return withParameter(read.request, paging.param, (paging.first ?? 1) + read.pagesSoFar)
}

function afterLink({ next }: Of<'link'>, read: PageRead): PageRequest | undefined {
  const link = next === undefined ? nextLink(read.headers['link']) : valueAt(read.answer, next)
  if (isNothing(link)) return undefined
  const url = URL.parse(String(link), read.request.url.href)
  if (url?.origin !== read.request.url.origin || url.username !== '') {
    const to = url === null ? shown(link) : url.origin
    throw connectorFaults.leads_elsewhere({ to, from: read.request.url.origin })
  }
  return { ...read.request, url }
}

function offsetPage(paging: Of<'offset'>, request: PageRequest, offset: number): PageRequest {
  const limited = withParameter(request, paging.limit_param, paging.limit)
  return withParameter(limited, paging.offset_param, offset)
}

function refuseEarlyEnd(total: number | undefined, found: number, things: string): void {
  if (total === undefined || found >= total) return
  throw connectorFaults.ended_early({ total, found, things })
}

function countAt(answer: unknown, path: string): number {
  const found = valueAt(answer, path)
  const count = typeof found === 'string' && found !== '' ? Number(found) : found
  if (typeof count === 'number' && Number.isInteger(count) && count >= 0) return count
  throw connectorFaults.unusable_value({ what: `the count at ${path}`, found: shown(found) })
}

const isNothing = (value: unknown) =>
  value === undefined || value === null || value === '' || value === false

const saysYes = (value: unknown) => !isNothing(value) && value !== 0 && value !== 'false'

const shown = (value: unknown) => (JSON.stringify(value) ?? 'nothing').slice(0, 60)
