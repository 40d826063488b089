import type { IncomingMessage } from 'node:http'
import type { Caller } from '#kernel/caller.ts'
import { type Answer, jsonAnswer } from '#wire'
import { empty } from './answers.ts'
import { type Bodies, piecesOf } from './body.ts'
import { makeBulk, mostFileBytes } from './bulk/bulk.ts'
import { printJob } from './bulk/job.ts'
import { ingestFaults } from './faults.ts'
import type { DataPlace, JobPlace, RecordsPlace } from './place.ts'
import { readIds, readJobQuery, readNewJob, readNewState } from './requests.ts'
import { makeStreaming } from './streaming/streaming.ts'
import type { DataCloudTools } from './tools.ts'

/** A request for data, by someone who may write. */
export interface Asked {
  readonly request: IncomingMessage
  readonly query: URLSearchParams
  readonly caller: Caller
}

/** What is done at an address, by method. */
export type Verbs<P> = Readonly<Record<string, (place: P, asked: Asked) => Promise<Answer>>>

/** What is done at each kind of address for data. */
export interface DataVerbs {
  readonly records: Verbs<RecordsPlace>
  readonly test: Verbs<RecordsPlace>
  readonly jobs: Verbs<DataPlace>
  readonly job: Verbs<JobPlace>
  readonly batches: Verbs<JobPlace>
}

/** What can be asked with a token that may write. */
export function dataVerbs(tools: DataCloudTools, { json }: Bodies): DataVerbs {
  const streaming = makeStreaming(tools)
  const bulk = makeBulk(tools)

  return {
    records: {
      POST: async (to, { request }) => {
        await streaming.insert(to, await json(request))
        return accepted(202)
      },
      DELETE: async (from, { request, query }) => {
        await streaming.remove(from, readIds(query, await json(request)))
        return accepted(202)
      },
    },
    test: {
      POST: async (to, { request }) => {
        await streaming.test(to, await json(request))
        return accepted(200)
      },
    },
    jobs: {
      GET: async (_, { query }) => {
        const found = await bulk.list(readJobQuery(query))
        return jsonAnswer(200, { data: found.map(printJob) })
      },
      POST: async (_, { request, caller }) =>
        jsonAnswer(201, printJob(await bulk.create(caller, readNewJob(await json(request))))),
    },
    job: {
      GET: async ({ id }) => jsonAnswer(200, printJob(await bulk.get(id))),
      PATCH: async ({ id }, { request }) => {
        const state = readNewState(await json(request))
        const moved = state === 'Aborted' ? await bulk.abort(id) : await bulk.close(id)
        return jsonAnswer(200, printJob(moved))
      },
      DELETE: async ({ id }) => {
        await bulk.remove(id)
        return empty(204)
      },
    },
    batches: {
      PUT: async ({ id }, { request }) => {
        if (Number(request.headers['content-length']) > mostFileBytes)
          throw ingestFaults.too_large({ most: `${mostFileBytes} bytes in a file` })
        await bulk.addFile(id, () => piecesOf(request))
        return empty(202)
      },
    },
  }
}

const accepted = (status: 200 | 202) => jsonAnswer(status, { accepted: true })
