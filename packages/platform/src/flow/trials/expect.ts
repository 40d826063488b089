import { type FiringView, firingStates } from '#actions'
import { Fault } from '#kernel/fault.ts'
import { didYouMean } from '#kernel/near.ts'
import type { Expectation, GivenRow } from './definition.ts'
import { trialFaults } from './faults.ts'
import { type Delivered, firingsOf, type House, membersOf } from './house.ts'
import { type People, peopleOf } from './people.ts'
import { whyText } from './why-text.ts'

/** Something that does not hold. */
export interface Failure {
  /** Which expectation, such as `segments.lapsed`. */
  readonly at: string
  /** What was expected and what there is, or what is wrong. */
  readonly say: string
  /** Why it is so, where that can be told. */
  readonly why?: string
}

/** What has happened since the last look. */
export interface Seen {
  readonly delivered: Delivered
  /** How many rows of each stream could not be taken. */
  readonly rejected: ReadonlyMap<string, number>
  /** What became of firings before, so that only news counts. */
  readonly firings: Map<string, string>
  /** The keys of definitions, by kind: what is not there would hold because nobody looked. */
  readonly defined: ReadonlyMap<string, readonly string[]>
}

interface Looking {
  readonly house: House
  readonly people: People
  readonly seen: Seen
}

/** Everything that does not hold, all at once. */
export async function failuresOf(
  house: House,
  seen: Seen,
  expectation: Expectation,
): Promise<readonly Failure[]> {
  const of: Looking = { house, seen, people: peopleOf(house) }
  const { segments = {}, insights = {}, deliveries = {}, actions = {}, identity = {} } = expectation
  const found: Failure[] = []
  const look = async (at: string, work: () => Promise<readonly Omit<Failure, 'at'>[]>) => {
    try {
      for (const one of await work()) found.push({ at, ...one })
    } catch (thrown) {
      if (!(thrown instanceof Fault)) throw thrown
      found.push({ at, say: thrown.problems.map(({ say }) => say).join('; ') })
    }
  }
  for (const stream of Object.keys(expectation.rejected ?? {}))
    await look(`rejected.${stream}`, async () => known(seen, ['stream'], stream))
  await look('rejected', async () => rejectedFailures(seen.rejected, expectation.rejected ?? {}))
  await look('identity', () => identityFailures(of, identity))
  for (const [key, asked] of Object.entries(segments))
    await look(`segments.${key}`, () => segmentFailures(of, key, asked))
  for (const [key, rows] of Object.entries(insights))
    await look(`insights.${key}`, () => insightFailures(of, key, rows))
  for (const [key, rows] of Object.entries(deliveries))
    await look(`deliveries.${key}`, async () => {
      known(seen, ['activation', 'action'], key)
      return deliveryFailures(of, seen.delivered.get(key) ?? [], rows)
    })
  for (const [key, states] of Object.entries(actions))
    await look(`actions.${key}`, async () => {
      known(seen, ['action'], key)
      return actionFailures(of, key, states)
    })
  return found
}

/** Refuses what is not defined. */
function known({ defined }: Seen, kinds: readonly string[], key: string): readonly Said[] {
  const keys = kinds.flatMap((kind) => defined.get(kind) ?? [])
  if (keys.includes(key)) return []
  const near = didYouMean(key, keys)
  throw trialFaults.unknown_expected({ kind: kinds.join(' or '), key, near })
}

// Rows that nobody expects to be rejected are a mistake of the test, or of the definitions.
function rejectedFailures(
  got: Seen['rejected'],
  wanted: Readonly<Record<string, number>>,
): readonly Said[] {
  const streams = [...new Set([...got.keys(), ...Object.keys(wanted)])]
  return streams.flatMap((stream) => {
    const [count, expected] = [got.get(stream) ?? 0, wanted[stream] ?? 0]
    if (count === expected) return []
    return [{ say: `${stream}: expected ${expected} rows to be rejected, got ${count}` }]
  })
}

type Said = Omit<Failure, 'at'>
type Asked<K extends keyof Expectation> = NonNullable<Expectation[K]>
type AskedMembers = Asked<'segments'>[string]

async function segmentFailures(
  of: Looking,
  segment: string,
  asked: AskedMembers,
): Promise<readonly Said[]> {
  const { people, house } = of
  const members = await membersOf(house, segment)
  const isExact = Array.isArray(asked)
  const { includes = [], excludes = [], size } = isExact ? { includes: asked } : asked
  const inside = await soughtOf(includes, people, 'be a member')
  // Who is not there is no member either, which may be a slip of the pen.
  const outside = await soughtOf(excludes, people, 'be there and no member')
  const missing = [...inside.found].filter(([profile]) => !members.includes(profile))
  const strangers = isExact ? members.filter((one) => !inside.found.has(one)) : []
  const unwanted = [...outside.found.keys()].filter((one) => members.includes(one))
  const said = [...inside.said, ...outside.said]
  for (const [profile, who] of missing)
    said.push({ say: `${who} is no member`, ...(await whyOf(of, segment, profile)) })
  for (const profile of [...strangers, ...unwanted]) {
    const name = await people.nameOf(profile)
    said.push({ say: `${name} is a member`, ...(await whyOf(of, segment, profile)) })
  }
  if (size !== undefined && members.length !== size)
    said.push({ say: `expected ${size} members, got ${members.length}` })
  return said
}

/** The profiles of those who are asked for, with what they are called, and who of them is not there. */
async function soughtOf(asked: readonly string[], people: People, what: string) {
  const found = new Map<string, string>()
  const said: Said[] = []
  for (const who of asked) {
    const one = await people.find(who)
    if ('why' in one) said.push({ say: `${who} is expected to ${what}: ${one.why}` })
    else found.set(one.profile, who)
  }
  return { found, said }
}

/** The conditions that decide, as far as they can be told. */
async function whyOf(
  { house }: Looking,
  segment: string,
  profile: string,
): Promise<{ why?: string }> {
  try {
    return { why: whyText(await house.rooms.segments.why(segment, BigInt(profile))) }
  } catch (thrown) {
    // That there is no reason to tell is no failure of its own.
    if (thrown instanceof Fault) return {}
    throw thrown
  }
}

async function insightFailures(
  { house, people }: Looking,
  insight: string,
  rows: readonly GivenRow[],
): Promise<readonly Said[]> {
  const got = await house.rooms.insights.rows(insight, mostRows)
  const said: Said[] = []
  for (const { profile: who, ...row } of rows) {
    const found = who === undefined ? undefined : await people.find(String(who))
    if (found && 'why' in found) {
      said.push({ say: `no row for ${String(who)}: ${found.why}` })
      continue
    }
    const own = found ? got.filter((one) => String(one['profile_id']) === found.profile) : got
    said.push(...rowFailure(own, row, who === undefined ? '' : ` for ${String(who)}`))
  }
  return said
}

const mostRows = 10_000

function rowFailure(got: readonly GivenRow[], row: GivenRow, whose: string): readonly Said[] {
  const nearest = nearestOf(got, row)
  if (!nearest) return [{ say: `there is no row${whose}; expected ${inWords(row)}` }]
  const others = differing(nearest, row)
  if (others.length === 0) return []
  const say = others.map((name) =>
    name in nearest
      ? `${name}: expected ${cellWords(row[name])}, got ${cellWords(nearest[name])}`
      : `${name}: there is no such value${didYouMean(name, Object.keys(nearest))}`,
  )
  return [{ say: `the row${whose || ` ${inWords(row)}`} differs: ${say.join('; ')}` }]
}

const differing = (got: GivenRow, wanted: GivenRow): readonly string[] =>
  Object.keys(wanted).filter((name) => !(name in got && isSame(got[name], wanted[name])))

const nearestOf = (rows: readonly GivenRow[], wanted: GivenRow): GivenRow | undefined =>
  rows.toSorted((a, b) => differing(a, wanted).length - differing(b, wanted).length)[0]

async function deliveryFailures(
  { people }: Looking,
  got: readonly GivenRow[],
  rows: readonly GivenRow[],
): Promise<readonly Said[]> {
  const left = [...got]
  const take = (one: GivenRow) => void left.splice(left.indexOf(one), 1)
  const said: Said[] = []
  for (const { profile: who, ...row } of rows) {
    const found = who === undefined ? undefined : await people.find(String(who))
    if (found && 'why' in found) {
      said.push({ say: `nothing is sent for ${String(who)}: ${found.why}` })
      continue
    }
    const own = found ? left.filter((one) => one['profile_id'] === found.profile) : left
    const near = nearestOf(own, row)
    said.push(...rowFailure(own, row, who === undefined ? '' : ` for ${String(who)}`))
    if (near) take(near)
  }
  for (const { profile_id: profile, ...row } of left)
    said.push({ say: `${await people.nameOf(String(profile))} was sent too: ${inWords(row)}` })
  return said
}

type AskedFiring = Asked<'actions'>[string][string][number]

async function actionFailures(
  of: Looking,
  action: string,
  states: Asked<'actions'>[string],
): Promise<readonly Said[]> {
  const { house, people, seen } = of
  const firings = (await firingsOf(house, action)).filter(
    ({ id, state }) => seen.firings.get(id) !== state,
  )
  const said: Said[] = Object.keys(states).flatMap(strangeState)
  for (const [state, wanted] of Object.entries(states)) {
    const left = firings.filter((one) => one.state === state)
    for (const asked of wanted) {
      const who = typeof asked === 'string' ? asked : asked.who
      const place = await placeOf(left, who, people)
      if (place < 0) {
        const other = firings[await placeOf(firings, who, people)]
        said.push({
          say: `no firing for ${who} is ${state}${other ? `; it is ${firingWords(other)}` : ''}`,
        })
        continue
      }
      const [found] = left.splice(place, 1)
      said.push(...reasonFailure(found, asked, who))
    }
    for (const one of left)
      said.push({ say: `${await nameOf(one, people)} was not expected to be ${firingWords(one)}` })
  }
  return said
}

function strangeState(state: string): readonly Said[] {
  if (firingStates.some((one) => one === state)) return []
  const near = didYouMean(state, firingStates)
  const { problems } = trialFaults.unknown_expected({ kind: 'state', key: state, near })
  return problems.map(({ say }) => ({ say }))
}

function reasonFailure(
  found: FiringView | undefined,
  asked: AskedFiring,
  who: string,
): readonly Said[] {
  if (typeof asked === 'string' || found?.reason?.includes(asked.reason)) return []
  return [
    { say: `the reason for ${who}: expected "${asked.reason}", got "${found?.reason ?? ''}"` },
  ]
}

async function placeOf(
  firings: readonly FiringView[],
  who: string,
  people: People,
): Promise<number> {
  const found = await people.find(who)
  const profile = 'profile' in found ? found.profile : undefined
  return firings.findIndex(
    (one) => one.person === who || (profile !== undefined && one.profile === profile),
  )
}

const nameOf = async (
  { profile, person = 'nobody' }: FiringView,
  people: People,
): Promise<string> => (profile === undefined ? person : people.nameOf(profile))

const firingWords = ({ state, reason }: FiringView) =>
  reason === undefined ? state : `${state} (${reason})`

async function identityFailures(
  { people, house }: Looking,
  { one_person: one = [], not_one: others = [], people: count }: Asked<'identity'>,
): Promise<readonly Said[]> {
  const asked = [...new Set([...one, ...others].flat())]
  const profiles = new Map<string, string>()
  const said: Said[] = []
  for (const who of asked) {
    const found = await people.find(who)
    if ('why' in found) said.push({ say: found.why })
    else profiles.set(who, found.profile)
  }
  const groups = (all: readonly string[]) => [
    ...Map.groupBy(
      all.filter((who) => profiles.has(who)),
      (who) => profiles.get(who) ?? '',
    ),
  ]
  for (const group of one)
    if (groups(group).length > 1) said.push({ say: `${group.join(', ')} are not one person` })
  for (const [profile, of] of others.flatMap(groups))
    if (of.length > 1) said.push({ say: `${of.join(' and ')} are one person (profile ${profile})` })
  if (count === undefined) return said
  const { total } = await house.rooms.profiles.search('')
  return total === count ? said : [...said, { say: `expected ${count} people, got ${total}` }]
}

/** Whether a value is what a test wrote, whatever form numbers and instants came in. */
function isSame(got: unknown, wanted: unknown): boolean {
  if (wanted === null || wanted === undefined) return got === null || got === undefined
  if (got === null || got === undefined) return false
  if (typeof wanted === 'object') return JSON.stringify(got) === JSON.stringify(wanted)
  if (String(got) === String(wanted)) return true
  if (typeof wanted === 'number') return Number(got) === wanted
  const isTime = typeof wanted === 'string' && /^\d{4}-\d\d-\d\d/.test(wanted)
  return isTime && instant(String(got)) === instant(wanted)
}

const instant = (text: string) => {
  const written = text.replace(' ', 'T')
  return Date.parse(/^\d{4}-\d\d-\d\d$|Z$/.test(written) ? written : `${written}Z`)
}

const cellWords = (of: unknown): string =>
  of === undefined ? 'nothing' : JSON.stringify(of, plain)
const inWords = (row: GivenRow): string => JSON.stringify(row, plain)
const plain = (_: string, of: unknown) => (typeof of === 'bigint' ? String(of) : of)
