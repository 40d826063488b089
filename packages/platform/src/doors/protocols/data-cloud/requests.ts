import type { NewIngestJob } from './bulk/bulk.ts'
import { type JobState, jobStates } from './bulk/job.ts'
import type { JobQuery } from './bulk/records.ts'
import { ingestFaults } from './faults.ts'
import { isObject } from './streaming/mismatch.ts'

// Clients spell words of the wire in many ways: case and underscores make no difference.
const folded = (word: string) => word.toLowerCase().replaceAll('_', '')

const wordIn = <W extends string>(words: readonly W[], said: unknown): W | undefined =>
  typeof said === 'string' ? words.find((word) => folded(word) === folded(said)) : undefined

/** Reads what a job shall be. */
export function readNewJob(body: unknown): NewIngestJob {
  const { object, sourceName, operation } = isObject(body) ? body : {}
  const verb = wordIn(['upsert', 'delete'] as const, operation)
  if (typeof object !== 'string' || typeof sourceName !== 'string' || verb === undefined)
    throw ingestFaults.unreadable_body({
      why: 'expected {"object":"...","sourceName":"...","operation":"upsert" or "delete"}',
    })
  return { object, source: sourceName, operation: verb }
}

/** Reads what shall become of a job. */
export function readNewState(body: unknown): 'UploadComplete' | 'Aborted' {
  const state = wordIn(
    ['UploadComplete', 'Aborted'] as const,
    isObject(body) ? body['state'] : undefined,
  )
  if (state === undefined)
    throw ingestFaults.unreadable_body({
      why: 'expected {"state":"UploadComplete"} or {"state":"Aborted"}',
    })
  return state
}

/** Reads the ids of records that shall go, from the address and from the body. */
export function readIds(query: URLSearchParams, body: unknown): readonly string[] {
  const inAddress = query.getAll('ids').flatMap((ids) => ids.split(','))
  if (body === undefined) return named(inAddress)
  const ids = isObject(body) ? body['ids'] : undefined
  if (!Array.isArray(ids) || !ids.every(isId))
    throw ingestFaults.bad_ids({ why: 'the body has to be {"ids":["a","b"]}' })
  return named([...inAddress, ...ids.map(String)])
}

const named = (ids: readonly string[]) => ids.map((id) => id.trim()).filter((id) => id !== '')

const isId = (id: unknown) => typeof id === 'string' || typeof id === 'number'

const mostListed = 100
const usuallyListed = 20

/** Reads which jobs to list. */
export function readJobQuery(query: URLSearchParams): JobQuery {
  const [by = '', direction = 'desc', ...more] = (
    query.get('orderBy') ??
    query.get('orderby') ??
    'systemModstamp'
  )
    .trim()
    .split(/[ +]/)
  const orderBy = wordIn(['createdDate', 'systemModstamp', 'id'] as const, by)
  const order = wordIn(['asc', 'desc'] as const, direction)
  if (orderBy === undefined || order === undefined || more.length > 0)
    throw ingestFaults.bad_query({
      name: 'orderBy',
      value: [by, direction, ...more].join(' '),
      expected: 'createdDate, systemModstamp or id, and asc or desc',
    })
  return {
    orderBy,
    direction: order,
    states: readStates(query.get('states') ?? query.get('state')),
    limit: readWhole(query, 'limit', { usual: usuallyListed, least: 1, most: mostListed }),
    offset: readWhole(query, 'offset', { usual: 0, least: 0, most: Number.MAX_SAFE_INTEGER }),
  }
}

function readStates(said: string | null): readonly JobState[] {
  if (said === null || said.trim() === '') return jobStates
  return said.split(',').map((word) => {
    const state = wordIn(jobStates, word.trim())
    if (state === undefined)
      throw ingestFaults.bad_query({
        name: 'states',
        value: said,
        expected: jobStates.join(', '),
      })
    return state
  })
}

function readWhole(
  query: URLSearchParams,
  name: string,
  { usual, least, most }: { usual: number; least: number; most: number },
): number {
  const said = query.get(name)
  if (said === null) return usual
  const number = /^\d{1,15}$/.test(said) ? Number(said) : Number.NaN
  if (!(number >= least && number <= most))
    throw ingestFaults.bad_query({
      name,
      value: said,
      expected: `a whole number from ${least} to ${most}`,
    })
  return number
}
