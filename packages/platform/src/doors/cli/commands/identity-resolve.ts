import { text } from 'node:stream/consumers'
import type { Call, Command } from '../command.ts'
import { cliFaults } from '../faults.ts'
import { tableOf } from '../table.ts'
import { wordOf } from '../words.ts'

interface Resolved {
  readonly state: 'known' | 'new' | 'review'
  readonly profile?: string
  readonly by: readonly {
    readonly rule: string
    readonly label?: string
    readonly profile: string
    readonly records: number
  }[]
  readonly would_join?: readonly string[]
  readonly refused?: readonly {
    readonly reason: string
    readonly rule?: string
    readonly about: string
    readonly profile?: string
  }[]
  readonly left_out?: readonly string[]
  readonly took_ms: number
}

/** Tells which profile a record belongs to. */
export const identityResolve: Command = {
  name: 'identity-resolve',
  takes: '<ruleset>',
  about: 'Tell which profile somebody belongs to, by values or by rows as JSON on standard input',
  options: {
    email: { type: 'string', about: 'An e-mail address' },
    phone: { type: 'string', about: 'A telephone number' },
    country: { type: 'string', about: 'The country of the telephone number' },
    'first-name': { type: 'string', about: 'A first name' },
    'last-name': { type: 'string', about: 'A last name' },
  },
  run: async (call, { client, out }) => {
    const ruleset = wordOf(identityResolve, call)
    const body = bodyOf(call) ?? (await readBody())
    const path = `/identity/${encodeURIComponent(ruleset)}/resolve`
    // The endpoint answers with this shape; see the resolver room.
    const found = (await (await client()).call('POST', path, { body })) as Resolved
    out.print(out.isJson ? JSON.stringify(found, null, 2) : shown(found))
  },
}

const isText = (of: unknown): of is string => typeof of === 'string'

/** The rows that options tell of; undefined when there are none. */
function bodyOf({ options }: Call) {
  const { email, phone, country, 'first-name': first, 'last-name': last } = options
  const rows = {
    ...(isText(email) ? { contact_point_email: [{ email_address: email }] } : {}),
    ...(isText(phone)
      ? {
          contact_point_phone: [
            { telephone_number: phone, ...(isText(country) ? { country } : {}) },
          ],
        }
      : {}),
    ...(isText(first) || isText(last)
      ? {
          individual: [
            {
              ...(isText(first) ? { first_name: first } : {}),
              ...(isText(last) ? { last_name: last } : {}),
            },
          ],
        }
      : {}),
  }
  return Object.keys(rows).length === 0 ? undefined : { rows }
}

async function readBody(): Promise<unknown> {
  const why =
    'identity-resolve needs --email, --phone or names, or a JSON object {"rows": {...}} on standard input'
  if (process.stdin.isTTY) throw cliFaults.bad_option({ why })
  try {
    return JSON.parse(await text(process.stdin))
  } catch (cause) {
    throw cliFaults.bad_option({ why }, { cause })
  }
}

function shown({ state, profile, by, would_join, refused, left_out, took_ms }: Resolved): string {
  const heads = {
    known: `profile ${profile}`,
    new: 'nobody who is known',
    review: 'rules know this record, but a guard or a decision stands against all of them',
  }
  const titles = ['rule', 'profile', 'records'].map((title) => ({ title }))
  return [
    `${heads[state]} (${took_ms} ms)`,
    ...(by.length === 0
      ? []
      : [
          tableOf(
            titles,
            by.map((of) => [of.label ?? of.rule, of.profile, of.records]),
          ),
        ]),
    ...(would_join ? [`would become one: ${would_join.join(', ')}`] : []),
    ...(refused ?? []).map(
      (of) =>
        `not joined: ${[of.reason.replaceAll('_', ' '), of.rule, of.about, of.profile && `profile ${of.profile}`].filter(Boolean).join(' · ')}`,
    ),
    ...(left_out ? [`only a run can ask: ${left_out.join(', ')}`] : []),
  ].join('\n')
}
