/** One thing that is wrong, where it is, and in words that say what to do. */
export interface Problem {
  readonly code: string
  /** Path of the offending part, such as `segment.where.all[1].field`; empty for the thing as a whole. */
  readonly at: string
  readonly say: string
}

/** What can go wrong in a room: the HTTP status, the sentence, and the help that `docs/faults.md` prints. */
export interface FaultKind {
  readonly status: number
  readonly say: (details: never) => string
  readonly help: string
}

/** Where a fault arose and what caused it. */
export interface FaultPlace {
  readonly at?: string
  readonly cause?: unknown
}

/** A refusal that speaks to the one who can put it right. Everything else that is thrown is a bug. */
export class Fault extends Error {
  override readonly name = 'Fault'
  readonly code: string
  readonly status: number
  readonly details: Readonly<Record<string, unknown>>
  readonly at: string
  /** All problems found at once; a fault about one thing holds just itself. */
  readonly problems: readonly Problem[]

  constructor(of: {
    code: string
    status: number
    say: string
    details: Readonly<Record<string, unknown>>
    at?: string | undefined
    problems?: readonly Problem[]
    cause?: unknown
  }) {
    super(of.say, of.cause === undefined ? {} : { cause: of.cause })
    this.code = of.code
    this.status = of.status
    this.details = of.details
    this.at = of.at ?? ''
    this.problems = of.problems ?? [{ code: of.code, at: this.at, say: of.say }]
  }
}

/** Makes one fault of its kind from typed details. */
export interface FaultMaker<Details> {
  (details: Details, place?: FaultPlace): Fault
  readonly code: string
  readonly status: number
  readonly help: string
}

type Makers<Kinds> = {
  readonly [Name in keyof Kinds]: Kinds[Name] extends { say: (details: infer Details) => string }
    ? FaultMaker<Details>
    : never
}

/** Declares the faults of a room; codes read `room.name` and are listed in `docs/faults.md`. */
export function faults<const Kinds extends Record<string, FaultKind>>(
  room: string,
  kinds: Kinds,
): Makers<Kinds> {
  const makers = Object.entries(kinds).map(([name, kind]) => [name, maker(`${room}.${name}`, kind)])
  // The loop keeps every name with its own details; the type system cannot follow it through `entries`.
  return Object.fromEntries(makers) as Makers<Kinds>
}

function maker(code: string, kind: FaultKind): FaultMaker<never> {
  const make = (details: never, place: FaultPlace = {}) =>
    new Fault({
      code,
      status: kind.status,
      say: kind.say(details),
      details: details as Readonly<Record<string, unknown>>,
      at: place.at,
      cause: place.cause,
    })
  return Object.assign(make, { code, status: kind.status, help: kind.help })
}

const severalFaults = faults('kernel', {
  several_problems: {
    status: 422,
    say: (d: { problems: readonly Problem[] }) =>
      `${d.problems.length} problems:\n${d.problems.map(line).join('\n')}`,
    help: 'Several things are wrong at once. Each is listed with its place, its own code and what to do.',
  },
})

/** All problems as one fault: the only one itself, several under `kernel.several_problems`. */
export function refusal(problems: readonly Problem[], status = 422): Fault {
  const [only] = problems
  const fault = severalFaults.several_problems({ problems })
  return new Fault({
    code: problems.length === 1 && only ? only.code : fault.code,
    status,
    say: problems.length === 1 && only ? line(only) : fault.message,
    details: {},
    at: problems.length === 1 ? only?.at : undefined,
    problems,
  })
}

/** Throws all problems at once, or nothing when there are none. */
export function refuseIfAny(problems: readonly Problem[], status = 422): void {
  if (problems.length > 0) throw refusal(problems, status)
}

/** The makers of `kernel` itself, so that the list of faults is whole. */
export const kernelFaults = severalFaults

const line = ({ at, say }: Problem) => (at === '' ? say : `${at}: ${say}`)

/** A fault as a problem of a larger thing, its place put under `at`. */
export function asProblems(fault: Fault, at = ''): readonly Problem[] {
  return fault.problems.map((problem) => ({ ...problem, at: joinPlace(at, problem.at) }))
}

/** Joins two places: `a` and `b` to `a.b`, `a` and `[1]` to `a[1]`. */
export function joinPlace(outer: string, inner: string): string {
  if (outer === '' || inner === '') return outer + inner
  return inner.startsWith('[') ? outer + inner : `${outer}.${inner}`
}

/** The sentence of anything that was thrown, without its stack. */
export const sentenceOf = (thrown: unknown): string =>
  thrown instanceof Error ? thrown.message : String(thrown)
