import fc from 'fast-check'
import { expect, test } from 'vitest'
import { column, join, sql, value } from '#engine'
import { memoryEngine } from '#engine/testing'
import { isLong } from '#kernel/testing/long.ts'
import {
  columnsOf,
  modelOf,
  modelTable,
  noteRowChange,
  prepareRowChanges,
  shapeModelTable,
} from '#model'
import {
  allows,
  askConsent,
  type ConsentQuestion,
  consentGround,
  consentObjects,
  standingOfPeople,
  standingOfPoints,
  whyNotReached,
} from './index.ts'

const engine = await memoryEngine()
const model = modelOf([])
await engine.change('tables', async (writer) => {
  await prepareRowChanges(writer)
  for (const object of consentObjects) await shapeModelTable(writer, model.get(object), [])
  await writer.run(sql`create table unified.redirect_individual ("old" bigint, "new" bigint)`)
})
const now = new Date('2026-03-01T00:00:00Z')
const day = (n: number) => new Date(Date.UTC(2026, 0, n)).toISOString()

type Cell = string | number | boolean | null
type Row = Readonly<Record<string, Cell>>

async function setRows(object: string, rows: readonly Row[]): Promise<void> {
  const types = new Map(columnsOf(model.get(object)))
  await engine.change('rows', async ({ run }) => {
    await run(sql`delete from ${modelTable(object)}`)
    for (const row of rows) {
      const names = Object.keys(row)
      const cells = names.map((name) => value(row[name] ?? null, types.get(name) ?? 'text'))
      await run(
        sql`insert into ${modelTable(object)} (${join(names.map((name) => column(name)))}) values (${join(cells)})`,
      )
    }
  })
}

async function setAll(of: Readonly<Record<string, readonly Row[]>>): Promise<void> {
  for (const object of consentObjects) await setRows(object, of[object] ?? [])
}

/** Something that a record said, as the oracle sees it. */
interface Said {
  readonly profile: number | null
  readonly giver: number
  readonly point: string
  readonly channel: string
  readonly purpose: string
  readonly state: 'in' | 'out' | 'none'
  readonly since: number
  readonly ends: number | null
  readonly position: number
}

/** The slow obvious version: every thing that any record has spoken of, looked at by itself. */
function standingByHand(
  said: readonly Said[],
  { channel, purpose = '' }: ConsentQuestion,
  about: { readonly profile: number; readonly owns: readonly string[]; readonly point?: string },
) {
  const { profile, owns, point } = about
  const today = now.getTime() / 86_400_000
  const covers = (one: Said) =>
    ['', channel].includes(one.channel) &&
    ['', purpose].includes(one.purpose) &&
    one.since <= today &&
    (one.profile === profile || (one.point !== '' && owns.includes(one.point))) &&
    (point === undefined || one.point === '' || one.point === point)
  const topics = Map.groupBy(
    said.filter(covers),
    ({ giver, point: of, channel: via, purpose: to }) => JSON.stringify([giver, of, via, to]),
  )
  const rank = { in: 0, none: 1, out: 2 }
  const states = [...topics.values()].map((all) => {
    const sorted = all.toSorted(
      (a, b) => a.since - b.since || a.position - b.position || rank[a.state] - rank[b.state],
    )
    const last = sorted.at(-1)!
    return last.ends !== null && last.ends <= today ? 'none' : last.state
  })
  if (states.includes('out')) return 'opted_out'
  return states.includes('in') ? 'opted_in' : 'unknown'
}

const firstDay = Date.UTC(2026, 0, 0) / 86_400_000
const people = [1, 2, 3]
const owns: Readonly<Record<number, readonly string[]>> = {
  1: ['a@x.org', 's@x.org'],
  2: ['s@x.org'],
  3: [],
}
const statement = fc.record({
  profile: fc.constantFrom(1, 2, 3, null),
  giver: fc.constantFrom(1, 2),
  point: fc.constantFrom('', 'a@x.org', 's@x.org', 'other@x.org'),
  channel: fc.constantFrom('', 'email', 'sms'),
  purpose: fc.constantFrom('', 'news', 'sale'),
  state: fc.constantFrom('in' as const, 'out' as const, 'none' as const),
  since: fc.integer({ min: 1, max: 70 }),
  ends: fc.option(fc.integer({ min: 1, max: 90 })),
})
const question: fc.Arbitrary<ConsentQuestion> = fc.constantFrom(
  { channel: 'email' },
  { channel: 'email', purpose: 'news' },
  { channel: 'sms', purpose: 'News ' },
)
const words = { in: ' Opt-In', out: 'OPTED_OUT', none: 'seen' }

test('random statements mean what the obvious version says, for many and for one', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(statement, { maxLength: 12 }), question, async (all, asked) => {
      // A record belongs to one profile.
      const said = all.map((one, i) => ({
        ...one,
        giver: one.giver * 10 + (one.profile ?? 0),
        since: firstDay + one.since,
        ends: one.ends === null ? null : firstDay + one.ends,
        position: i,
      }))
      const instant = (days: number | null) =>
        days === null ? null : new Date(days * 86_400_000).toISOString()
      const row = (one: Said) => ({
        _profile: one.profile,
        _position: one.position,
        individual_id__key: one.giver,
        contact_point: one.point === '' ? null : ` ${one.point.toUpperCase()}`,
        channel: one.channel,
        status: words[one.state],
        effective_from: instant(one.since),
        effective_to: instant(one.ends),
      })
      await setAll({
        contact_point_consent: said.flatMap((one) =>
          one.purpose === 'sale' ? [] : [{ ...row(one), purpose: one.purpose.toUpperCase() }],
        ),
        communication_subscription_consent: said.flatMap((one) =>
          one.purpose === 'sale' ? [{ ...row(one), subscription: one.purpose }] : [],
        ),
        contact_point_email: people.flatMap((profile) =>
          (owns[profile] ?? []).map((email_address) => ({ _profile: profile, email_address })),
        ),
      })
      const clean = {
        ...asked,
        ...(asked.purpose ? { purpose: asked.purpose.trim().toLowerCase() } : {}),
      }
      const byHand = (profile: number, point?: string) =>
        standingByHand(said, clean, {
          profile,
          owns: owns[profile] ?? [],
          ...(point ? { point } : {}),
        })
      const expected = people.map((profile) => byHand(profile))

      const ground = await consentGround(engine, now)
      const rows = await engine.rows(standingOfPeople(asked, ground))
      const found = new Map(rows.map((one) => [Number(one['profile']), one['standing']]))
      expect(people.map((profile) => found.get(profile) ?? 'unknown')).toEqual(expected)

      const one = await askConsent(engine, asked, {
        people: people.map((profile) => ({ profile: String(profile) })),
        now,
      })
      expect(one.map(({ standing }) => standing)).toEqual(expected)

      const pairs = [
        [1, 'a@x.org'],
        [1, 's@x.org'],
        [2, 's@x.org'],
      ] as const
      const expectedPairs = pairs.map(([profile, point]) => byHand(profile, point))
      const listed = join(
        pairs.map(([profile, point]) => sql`(${value(profile)}, ${value(point)})`),
      )
      const many = await engine.rows(
        standingOfPoints(sql`(select * from (values ${listed}) p(profile, point))`, asked, ground),
      )
      const foundPairs = new Map(
        many.map((of) => [`${of['profile']} ${of['point']}`, of['standing']]),
      )
      expect(pairs.map((pair) => foundPairs.get(pair.join(' ')))).toEqual(expectedPairs)
      const few = await askConsent(engine, asked, {
        people: pairs.map(([profile, contactPoint]) => ({
          profile: String(profile),
          contactPoint,
        })),
        now,
      })
      expect(few.map(({ standing }) => standing)).toEqual(expectedPairs)
    }),
    { numRuns: isLong ? 30 : 12 },
  )
}, 60_000)

interface OneSaid {
  readonly at: number
  readonly stream: string
  readonly profile: number
  readonly point: string
  readonly isIn: boolean
}
const saidIn = {
  contact_point_email: ({ at, stream, profile, point, isIn }: OneSaid) =>
    sql`(_stream, _position, _profile, individual_id__key, email_address, opted_in) values (${value(stream)},
      ${value(at)}, ${value(profile)}, ${value(profile)}, ${value(point)}, ${value(isIn)})`,
  contact_point_consent: ({ at, stream, profile, point, isIn }: OneSaid) =>
    sql`(_stream, _position, _profile, individual_id__key, contact_point, channel, status) values (${value(stream)},
      ${value(at)}, ${value(profile)}, ${value(profile)}, ${value(point)}, 'email', ${value(isIn ? 'yes' : 'no')})`,
}

test('what is kept to find rows sooner answers for one as for all, whatever comes and goes', async () => {
  const objects = ['contact_point_consent', 'contact_point_email'] as const
  const row = fc.record({
    object: fc.constantFrom(...objects),
    profile: fc.constantFrom(1, 2, 3),
    point: fc.constantFrom('a@x.org', 'S@x.org', ' s@x.org '),
    isIn: fc.boolean(),
    stream: fc.constantFrom('first', 'second'),
    // A row of before that goes as this one comes.
    drops: fc.boolean(),
    how: fc.constantFrom('as they came' as const, 'made anew' as const),
  })
  let position = 1000
  await fc.assert(
    fc.asyncProperty(fc.array(row, { minLength: 2, maxLength: 6 }), async (rows) => {
      await setAll({})
      for (const object of objects)
        await engine.change('anew', (writer) =>
          noteRowChange(writer, model.get(object), 'made anew'),
        )
      // The second stream is mapped later, while its rows came before those of the first.
      for (const { object, profile, point, isIn, stream, drops, how } of rows) {
        position++
        const at = stream === 'first' ? position + 1_000_000 : position
        await engine.change('one more', async (writer) => {
          const table = modelTable(object)
          if (drops)
            await writer.run(
              sql`delete from ${table} where _position = (select min(_position) from ${table})`,
            )
          await writer.run(
            sql`insert into ${table} ${saidIn[object]({ at, stream, profile, point, isIn })}`,
          )
          if (how === 'made anew')
            await writer.run(
              sql`update ${table} set _profile = ${value(profile)} where _position < ${value(at)}`,
            )
          await noteRowChange(writer, model.get(object), how)
        })
        const known = await engine.rows(
          standingOfPeople({ channel: 'email' }, await consentGround(engine, now)),
        )
        const all = new Map(known.map((one) => [Number(one['profile']), one['standing']]))
        const one = await askConsent(
          engine,
          { channel: 'email' },
          { people: people.map((of) => ({ profile: String(of) })), now },
        )
        expect(one.map(({ standing }) => standing)).toEqual(
          people.map((of) => all.get(of) ?? 'unknown'),
        )
      }
    }),
    { numRuns: isLong ? 8 : 4 },
  )
  await engine.change('kept no more', ({ run }) => run(sql`delete from model._changed`))
}, 240_000)

const ask = async (who: { profile?: string; contactPoint?: string }, asked: ConsentQuestion) =>
  (await askConsent(engine, asked, { people: [who], now }))[0]!

test('a refusal of one record counts for the person, until that record takes it back', async () => {
  const said = (giver: number, status: string, n: number) => ({
    _profile: 1,
    individual_id__key: giver,
    channel: 'email',
    status,
    effective_from: day(n),
  })
  const shop = [said(1, 'opt_in', 5), said(1, 'opt_in', 20)]
  await setAll({ contact_point_consent: [...shop, said(2, 'opt_out', 3)] })
  expect(await ask({ profile: '1' }, { channel: 'email' })).toEqual({
    standing: 'opted_out',
    since: new Date(day(20)),
  })
  await setAll({ contact_point_consent: [...shop, said(2, 'opt_out', 3), said(2, 'opt_in', 4)] })
  expect(await ask({ profile: '1' }, { channel: 'email' })).toMatchObject({ standing: 'opted_in' })
})

test('who was merged is asked for under the profile that took them in', async () => {
  await setAll({
    contact_point_consent: [{ _profile: 7, individual_id__key: 1, channel: '', status: 'denied' }],
  })
  await engine.change('redirects', ({ run }) =>
    run(sql`insert into unified.redirect_individual values (6, 7)`),
  )
  expect(await ask({ profile: '6' }, { channel: 'sms' })).toEqual({ standing: 'opted_out' })
})

test('contact points that say who opted in are asked too, also for somebody who is not known', async () => {
  const of = (email_address: string, opted_in: boolean | null) => ({
    _profile: 1,
    individual_id__key: 1,
    email_address,
    opted_in,
  })
  await setAll({
    contact_point_email: [of('In@x.org', true), of('out@x.org', false), of('?@x.org', null)],
  })
  const standing = async (contactPoint: string, channel = 'email') =>
    (await ask({ contactPoint }, { channel })).standing
  expect(await standing('in@x.org')).toBe('opted_in')
  expect(await standing(' OUT@x.org')).toBe('opted_out')
  expect(await standing('?@x.org')).toBe('unknown')
  expect(await standing('in@x.org', 'sms')).toBe('unknown')
  expect(
    (await ask({ profile: '1', contactPoint: 'in@x.org' }, { channel: 'email' })).standing,
  ).toBe('opted_in')
})

test('numbers are the same by their digits', async () => {
  await setAll({
    contact_point_consent: [{ contact_point: '+49 (171) 234-5', channel: 'sms', status: 'no' }],
  })
  expect((await ask({ contactPoint: '0049171 2345' }, { channel: 'sms' })).standing).toBe(
    'opted_out',
  )
})

test('where nothing has said anything, nothing is known', async () => {
  const bare = { columns: () => new Set<string>(), now }
  expect(await engine.rows(standingOfPeople({ channel: 'email' }, bare))).toEqual([])
})

test('the reason says what was refused and when, or that nothing is known', () => {
  const asked = { channel: 'email', purpose: 'news', basis: 'required' } as const
  expect(whyNotReached(asked, { standing: 'opted_in' })).toBeUndefined()
  expect(whyNotReached(asked, { standing: 'unknown' })).toBe(
    'no consent to email for news is known',
  )
  const refused = { standing: 'opted_out', since: new Date(day(5)) } as const
  expect(whyNotReached({ channel: 'sms', basis: 'unless_refused' }, refused)).toBe(
    'sms was refused on 2026-01-05',
  )
  expect(allows('unless_refused', 'unknown')).toBe(true)
})
