import type { Call, Client, Command } from '../command.ts'
import { givenIn } from '../given.ts'
import { grouped, tableOf, tableOfRecords } from '../table.ts'
import { wordOf } from '../words.ts'

type Body = Readonly<Record<string, unknown>>

/** What counts ask of the definition of a segment, whichever way it says who is in. */
const asked = ['on', 'include', 'exclude', 'time_zone', 'parameters', 'rank', 'sql', 'waterfall']

/** A segment as it is defined, and what was given for its parameters. */
async function defined(tessera: Client, command: Command, call: Call) {
  const key = encodeURIComponent(wordOf(command, call))
  // The endpoint answers with this shape; see the room definitions.
  const { body } = (await tessera.call('GET', `/definitions/segment/${key}`)) as {
    readonly body: Body & { readonly parameters?: Parameters<typeof givenIn>[1] }
  }
  const given = givenIn(call.words.slice(1), body.parameters ?? {})
  return { path: `/segments/${key}`, body, given }
}

const withGiven = (given: Body): Readonly<Record<string, string>> =>
  Object.keys(given).length === 0 ? {} : { given: JSON.stringify(given) }

interface Count {
  readonly members: number
  readonly people: number
  readonly error?: number
  readonly each?: readonly {
    readonly at: string
    readonly members: number
    readonly error?: number
  }[]
}

/** Tells how many a segment means now. */
export const segmentCount: Command = {
  name: 'segment-count',
  takes: '<segment> [<parameter>=<value> ...]',
  about: 'Count whom a segment means now, with values for its parameters; nothing is published',
  options: {
    each: { type: 'boolean', about: 'Also how many each of its conditions means' },
    approximate: { type: 'boolean', about: 'Look at some of the people only, and tell how sure' },
  },
  run: async (call, { client, out }) => {
    const tessera = await client()
    const { body, given } = await defined(tessera, segmentCount, call)
    const { each, approximate } = call.options
    const question = Object.fromEntries([
      ...asked.flatMap((name) => (body[name] === undefined ? [] : [[name, body[name]]])),
      ...(Object.keys(given).length === 0 ? [] : [['given', given]]),
      ...(each === true ? [['each', true]] : []),
      ...(approximate === true ? [['approximate', true]] : []),
    ])
    const path = '/segments/count'
    // The endpoint answers with this shape; see the room segments.
    const count = (await tessera.call('POST', path, { body: question })) as Count
    if (out.isJson) return out.print(JSON.stringify(count, null, 2))
    const { members, people, error, each: parts = [] } = count
    out.print(`${grouped(members)}${giveOrTake(error)} of ${grouped(people)}`)
    if (parts.length === 0) return
    out.print(
      tableOf(
        [{ title: 'condition' }, { title: 'means', align: 'right' }],
        parts.map((one) => [one.at, `${grouped(one.members)}${giveOrTake(one.error)}`]),
      ),
    )
  },
}

const giveOrTake = (error: number | undefined): string =>
  error === undefined ? '' : ` ±${grouped(error)}`

/** Shows some of those whom a segment means now. */
export const segmentSample: Command = {
  name: 'segment-sample',
  takes: '<segment> [<parameter>=<value> ...]',
  about: 'Show some of those whom a segment means now, with values for its parameters',
  options: { limit: { type: 'string', about: 'How many; 10 unless set' } },
  run: async (call, { client, out }) => {
    const tessera = await client()
    const { path, given } = await defined(tessera, segmentSample, call)
    const { limit = '10' } = call.options
    const query = { limit, ...withGiven(given) }
    // As above.
    const people = (await tessera.call('GET', `${path}/sample`, { query })) as readonly Body[]
    if (out.isJson) return out.print(JSON.stringify(people, null, 2))
    out.print(people.length === 0 ? 'it means nobody' : tableOfRecords(people))
  },
}

interface Size {
  readonly at: string
  readonly members: number
  readonly entered: number
  readonly left: number
}

/** Shows how large a segment was over time. */
export const segmentSizes: Command = {
  name: 'segment-sizes',
  takes: '<segment>',
  about: 'Show how large a segment was after each publish or per span of time, newest first',
  options: {
    per: { type: 'string', about: 'hour, day or week; after each publish unless set' },
    from: { type: 'string', about: 'From this moment on' },
    to: { type: 'string', about: 'Before this moment' },
    limit: { type: 'string', about: 'How many; 30 unless set' },
  },
  run: async (call, { client, out }) => {
    const path = `/segments/${encodeURIComponent(wordOf(segmentSizes, call))}/sizes`
    const { per, from, to, limit = '30' } = call.options
    const query = { per, from, to, limit }
    // As above.
    const sizes = (await (await client()).call('GET', path, { query })) as readonly Size[]
    if (out.isJson) return out.print(JSON.stringify(sizes, null, 2))
    if (sizes.length === 0) return out.print('it was never published')
    const numbers = ['members', 'entered', 'left'].map((title) => ({
      title,
      align: 'right' as const,
    }))
    const rows = sizes.map(({ at, members, entered, left }) => [at, members, entered, left])
    out.print(tableOf([{ title: per === undefined ? 'published' : 'from' }, ...numbers], rows))
  },
}

/** Publishes a segment. */
export const segmentPublish: Command = {
  name: 'segment-publish',
  takes: '<segment> [<parameter>=<value> ...]',
  about: 'Make those whom a segment means now its members, with values for its parameters',
  run: async (call, { client, out }) => {
    const tessera = await client()
    const { path, given } = await defined(tessera, segmentPublish, call)
    const query = withGiven(given)
    // As above.
    const done = (await tessera.call('POST', `${path}/publish`, { query })) as Size
    if (out.isJson) return out.print(JSON.stringify(done, null, 2))
    out.print(
      `${grouped(done.members)} members; ${grouped(done.entered)} entered, ${grouped(done.left)} left`,
    )
  },
}
