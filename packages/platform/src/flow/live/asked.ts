import type { LiveQuery } from './api.ts'
import { liveFaults } from './faults.ts'

/** Whom somebody means: one identifier. */
export type Asked =
  | { readonly by: 'profile'; readonly id: string }
  | { readonly by: 'email'; readonly email: string }
  | { readonly by: 'phone'; readonly phone: string; readonly country: string | undefined }
  /** An id in events, of one sender or of any. */
  | { readonly by: 'id'; readonly id: string; readonly source: string | undefined }
  | { readonly by: 'record'; readonly source: string; readonly id: string }
  | { readonly by: 'identification'; readonly number: string }

/** Reads whom a question means; refused when it is not exactly one. */
export function askedFrom(query: LiveQuery): Asked {
  const { profile, email, phone, user, anonymous, record, identification, source, country } = query
  const all: readonly (Asked | undefined)[] = [
    given(profile, (id) => ({ by: 'profile', id })),
    given(email, (text) => ({ by: 'email', email: text })),
    given(phone, (text) => ({ by: 'phone', phone: text, country })),
    given(user, (id) => ({ by: 'id', id, source })),
    given(anonymous, (id) => ({ by: 'id', id, source })),
    given(record, recordIn),
    given(identification, (number) => ({ by: 'identification', number })),
  ]
  const found = all.filter((one) => one !== undefined)
  const [only] = found
  if (!only || found.length > 1) throw liveFaults.whom({ given: found.length })
  return only
}

const given = (text: string | undefined, make: (text: string) => Asked): Asked | undefined =>
  text === undefined || text.trim() === '' ? undefined : make(text.trim())

function recordIn(text: string): Asked {
  const colon = text.indexOf(':')
  const [source, id] = [text.slice(0, Math.max(colon, 0)), text.slice(colon + 1)]
  if (source === '' || id === '') throw liveFaults.bad_record({ record: text })
  return { by: 'record', source, id }
}

/** How an identifier is remembered. */
export const nameOfAsked = (asked: Asked): string => JSON.stringify(asked)

/** An identifier in words, without telling more than was asked. */
export function inWords(asked: Asked): string {
  switch (asked.by) {
    case 'profile':
      return `the profile id ${asked.id}`
    case 'email':
      return 'this e-mail address'
    case 'phone':
      return 'this telephone number'
    case 'id':
      return `the id "${asked.id}"`
    case 'record':
      return `the record ${asked.source}:${asked.id}`
    case 'identification':
      return `the identification "${asked.number}"`
  }
}
