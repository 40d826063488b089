import { column, type Engine, join, type Row, some, sql, value } from '#engine'
import type { Store } from '#store'
import { type DecisionRecords, decisionRecords, type Told } from './decisions.ts'
import { type Subject, subjects } from './definition.ts'
import { identityFaults } from './faults.ts'
import type { Feed, FeedEvent, FeedQuery } from './feed-api.ts'
import { changeTable, publishedPositions, publishedTable } from './tables.ts'

const usualLimit = 1000

/**
 * What happened to profiles and what people decided, after a place: for whoever follows it. A run may change more profiles than
 * fit into an answer, so a place tells the position, the last profile that was told of it, and the last decision.
 */
export async function identityChangesAfter(
  { engine, store }: { readonly engine: Engine; readonly store: Store },
  { after, limit = usualLimit }: FeedQuery = {},
): Promise<Feed> {
  const place = placeOf(after)
  const decided = await decidedAfter(decisionRecords(store), place, limit)
  const changed = await changedAfter(engine, place, limit - decided.length)
  const lastChange = changed.at(-1)
  const lastDecision = decided.at(-1)
  const next: Place = {
    ...(lastChange ? { ...lastChange, on: lastChange.event.on } : place),
    told: lastDecision?.place ?? place.told,
  }
  return { events: [...decided, ...changed].map(({ event }) => event), next: written(next) }
}

/** How far somebody has read: a change by what sorts it, and the place of a decision. */
interface Place {
  readonly position: number
  readonly on: Subject
  readonly kind: string
  readonly profile: string
  readonly other: string
  readonly told: number
}

const beginning: Place = {
  position: 0,
  on: 'account',
  kind: '',
  profile: '0',
  other: '0',
  told: 0,
}

const written = (of: Place): string =>
  [of.position, of.on, of.kind, of.profile, of.other, of.told].join('.')

function placeOf(text: string | undefined): Place {
  if (text === undefined) return beginning
  if (/^[0-9]{1,15}$/.test(text)) return { ...beginning, ...endOf(Number(text)) }
  const parts =
    /^([0-9]{1,15})\.(individual|account)\.([a-z]*)\.(\d{1,19})\.(\d{1,19})\.([0-9]{1,15})$/.exec(
      text,
    )
  if (!parts) throw identityFaults.unknown_place({ place: text })
  const [, position, on, kind = '', profile = '', other = '', told] = parts
  return {
    position: Number(position),
    on: on === 'account' ? 'account' : 'individual',
    kind,
    profile,
    other,
    told: Number(told),
  }
}

// Nothing of a position comes after it.
const endOf = (position: number) => ({ position, on: 'individual' as const, kind: 'z' })

interface Happened extends Omit<Place, 'told' | 'on'> {
  readonly event: FeedEvent
}

/** Changes of profiles after a place, of people and accounts, in the order of what sorts them. */
async function changedAfter(
  engine: Engine,
  place: Place,
  limit: number,
): Promise<readonly Happened[]> {
  const published = await publishedPositions(engine)
  const there = subjects.filter((on) => (published.get(on) ?? 0) > 0)
  if (there.length === 0 || limit <= 0) return []
  const each = there.map(
    (on) => sql`select position, ${value(on)} as subject, kind, profile, coalesce(other, 0) as other
      from ${changeTable(on)} where position >= ${value(place.position)}`,
  )
  const rows = await engine.rows(sql`select c.*, p.at from (${join(each, sql` union all `)}) c
    join ${publishedTable} p on p.position = c.position and p.subject = c.subject
    where ${isAfter(place)} order by c.position, c.subject, c.kind, c.profile, c.other limit ${value(limit)}`)
  return rows.map(happenedFrom)
}

function isAfter(place: Place) {
  const cells = [
    ['position', value(place.position)],
    ['subject', value(place.on)],
    ['kind', value(place.kind)],
    ['profile', value(BigInt(place.profile))],
    ['other', value(BigInt(place.other))],
  ] as const
  return some(
    cells.map(([name, of], i) => {
      const same = cells
        .slice(0, i)
        .map(([earlier, is]) => sql`${column(earlier, 'c')} = ${is} and `)
      return sql`(${join(same, sql``)}${column(name, 'c')} > ${of})`
    }),
  )
}

function happenedFrom(row: Row): Happened {
  const [position, kind] = [Number(row['position']), String(row['kind'])]
  const [profile, other] = [String(row['profile']), String(row['other'])]
  const on = row['subject'] === 'account' ? 'account' : 'individual'
  return {
    position,
    kind,
    profile,
    other,
    event: {
      id: [position, on, kind, profile, other].join('.'),
      // Only these words are ever written there.
      kind: kind as FeedEvent['kind'],
      on,
      at: String(row['at']),
      position,
      profile,
      ...(other === '0' ? {} : { other }),
    },
  }
}

async function decidedAfter(
  records: Pick<DecisionRecords, 'toldAfter'>,
  { told }: Place,
  limit: number,
): Promise<readonly { readonly place: number; readonly event: FeedEvent }[]> {
  const found = await records.toldAfter(told, limit)
  return found.map((of) => ({ place: of.place, event: decisionEvent(of) }))
}

const words = { must_link: 'linked', cannot_link: 'kept_apart' } as const

const decisionEvent = ({ place, on, isWithdrawn, decision }: Told): FeedEvent => ({
  id: `decision.${place}`,
  kind: isWithdrawn ? 'withdrawn' : words[decision.kind],
  on,
  at: isWithdrawn ? (decision.withdrawn?.at ?? decision.at) : decision.at,
  decision,
})
