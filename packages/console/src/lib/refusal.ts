import { texts } from './texts.ts'

/** One thing that is wrong, as the server says it. */
export interface RefusalProblem {
  readonly code: string
  readonly at: string
  readonly say: string
}

/** Why a request did not bring what was asked: the server's fault, or that no server answered. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  /** The HTTP status; 0 when no answer came. */
  readonly status: number
  readonly code: string
  readonly at: string
  readonly problems: readonly RefusalProblem[]

  constructor(of: {
    status: number
    code: string
    message: string
    at?: string
    problems?: readonly RefusalProblem[]
    cause?: unknown
  }) {
    super(of.message, of.cause === undefined ? {} : { cause: of.cause })
    this.status = of.status
    this.code = of.code
    this.at = of.at ?? ''
    this.problems = of.problems ?? []
  }
}

/** Reads a refusal out of the body of an answer; a body of another shape still gives a sentence. */
export function readRefusal(status: number, body: unknown): Refusal {
  const error = memberOf(body, 'error')
  return new Refusal({
    status,
    code: textOf(memberOf(error, 'code')) ?? `http_${status}`,
    message: textOf(memberOf(error, 'message')) ?? texts.trouble.status(status),
    at: textOf(memberOf(error, 'at')) ?? '',
    problems: problemsIn(memberOf(error, 'problems')),
  })
}

/** Everything that is wrong, by what was thrown: a refusal for one thing alone says it itself. */
export function problemsOf(thrown: unknown): readonly RefusalProblem[] {
  if (!(thrown instanceof Refusal)) return []
  const { problems, code, at, message } = thrown
  return problems.length > 0 ? problems : [{ code, at, say: message }]
}

/** Whether the same request may well succeed a little later. */
export const mayPass = (thrown: unknown): boolean =>
  thrown instanceof Refusal &&
  (thrown.status === 0 || thrown.status === 429 || thrown.status >= 500)

/** Whether what was asked for is not there: it was removed, or never was. */
export const isGone = (thrown: unknown): boolean =>
  thrown instanceof Refusal && thrown.status === 404

/** Whether whoever asked may not. */
export const isForbidden = (thrown: unknown): boolean =>
  thrown instanceof Refusal && thrown.status === 403

/** The sentence of anything that was thrown. */
export const sentenceOf = (thrown: unknown): string =>
  thrown instanceof Error ? thrown.message : String(thrown)

function problemsIn(value: unknown): readonly RefusalProblem[] {
  if (!Array.isArray(value)) return []
  return value.map((problem) => ({
    code: textOf(memberOf(problem, 'code')) ?? '',
    at: textOf(memberOf(problem, 'at')) ?? '',
    say: textOf(memberOf(problem, 'say')) ?? '',
  }))
}

function memberOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined
  return Object.entries(value).find(([key]) => key === name)?.[1]
}

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' ? value : undefined
