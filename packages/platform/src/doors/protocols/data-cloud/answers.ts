import { STATUS_CODES } from 'node:http'
import type { Fault } from '#kernel/fault.ts'
import { type Answer, jsonAnswer } from '#wire'
import { ingestFaults } from './faults.ts'

/** Where and when a request was refused. */
export interface Refused {
  readonly path: string
  readonly tenant: string
  readonly at: Date
}

/** A refusal as this wire writes it; the fault's own code stands among the details. */
export function refusalAnswer(fault: Fault, { path, tenant, at }: Refused): Answer {
  const error = STATUS_CODES[fault.status] ?? 'Error'
  const body = {
    timestamp: at.toISOString(),
    error,
    message: `${error}: ${fault.message}`,
    path: `uri=${path}`,
    tenantId: tenant,
    internalErrorCode: 'COMMON_ERROR_GENERIC',
    details: { code: fault.code, ...reportOf(fault) },
  }
  return jsonAnswer(fault.status, body, headersOf(fault))
}

/** A refusal as the token endpoints write it. */
export const oauthRefusal = (fault: Fault): Answer => {
  const error = fault.status >= 500 ? 'server_error' : 'invalid_request'
  return jsonAnswer(fault.status, { error, error_description: fault.message }, headersOf(fault))
}

/** The header that says when to come again. */
export const retryAfter = (seconds: number): readonly string[] => ['Retry-After', String(seconds)]

const usualPauseS = 5

function headersOf({ status, details }: Fault): readonly string[] {
  if (status === 401) return ['WWW-Authenticate', 'Bearer']
  const { allowed } = details
  if (status === 405 && Array.isArray(allowed)) return ['Allow', allowed.join(', ')]
  if (status !== 429 && status !== 503) return []
  const { retryAfterSeconds } = details
  return retryAfter(typeof retryAfterSeconds === 'number' ? retryAfterSeconds : usualPauseS)
}

const reportOf = ({ code, details }: Fault) =>
  code === ingestFaults.mismatch.code ? { validationReport: details['report'] } : {}

/** An answer without a body. */
export const empty = (status: number): Answer => ({
  status,
  headers: status === 204 ? [] : ['Content-Length', '0'],
  body: Buffer.alloc(0),
})
