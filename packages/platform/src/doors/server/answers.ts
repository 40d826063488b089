import { Readable } from 'node:stream'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Fault, sentenceOf } from '#kernel/fault.ts'
import type { Log } from '#kernel/log.ts'
import type { StreamAnswer } from '#kernel/route.ts'
import { serverFaults } from './faults.ts'
import { toJson } from './json.ts'

/** A fault as the body of an answer. */
const bodyOf = (fault: Fault) => ({
  error: {
    code: fault.code,
    message: fault.message,
    ...(fault.at === '' ? {} : { at: fault.at }),
    ...(fault.problems.length > 1 ? { problems: fault.problems } : {}),
    details: fault.details,
  },
})

/** Answers with whatever a verb gave: nothing, a stream, or JSON. */
export function answer(reply: FastifyReply, result: unknown): FastifyReply {
  if (result === undefined) return reply.code(204).send()
  if (isStream(result)) {
    reply.type(result.mediaType)
    if (result.fileName)
      reply.header('content-disposition', `attachment; filename="${result.fileName}"`)
    return reply.send(Readable.from(result.stream))
  }
  return reply.type('application/json; charset=utf-8').send(toJson(result))
}

const isStream = (of: unknown): of is StreamAnswer =>
  typeof of === 'object' && of !== null && 'stream' in of && 'mediaType' in of

/** Answers a refusal with its sentence; anything else is a bug, which the log keeps and the caller does not see. */
export function refuse(
  log: Log,
  thrown: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const fault = asFault(thrown, request)
  if (fault.status >= 500)
    log.error(fault.message, {
      request: request.id,
      path: request.url,
      cause: fault.cause ?? thrown,
    })
  if (fault.status === 429 || fault.status === 503) reply.header('retry-after', '5')
  return reply
    .code(fault.status)
    .type('application/json; charset=utf-8')
    .send(toJson(bodyOf(fault)))
}

function asFault(thrown: unknown, request: FastifyRequest): Fault {
  if (thrown instanceof Fault) return thrown
  const status = statusOf(thrown)
  if (status !== undefined && status < 500)
    return serverFaults.bad_body({ why: sentenceOf(thrown) })
  return serverFaults.bug({ request: request.id }, { cause: thrown })
}

// The framework's own refusals carry their status.
const statusOf = (thrown: unknown): number | undefined =>
  typeof thrown === 'object' && thrown !== null && 'statusCode' in thrown
    ? Number(thrown.statusCode)
    : undefined
