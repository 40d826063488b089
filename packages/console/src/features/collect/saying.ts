import type { SeenEvent } from '@tessera/platform/contract'

/** An event in a line: what kind it is, what it says, and of whom. */
export interface Saying {
  readonly kind: string
  readonly title: string
  readonly who: string
}

/** Puts an event into a line; a record that is no event of a client is shown by its first members. */
export function sayingOf({ value, wire }: Pick<SeenEvent, 'value' | 'wire'>): Saying {
  const kind = textIn(value, 'type')
  if (kind === '') return { kind: wire, title: firstMembers(value), who: '' }
  return {
    kind,
    title: textIn(value, 'event') || textIn(value, 'name') || traitsIn(value),
    who: textIn(value, 'userId') || textIn(value, 'anonymousId'),
  }
}

function textIn(value: SeenEvent['value'], name: string): string {
  const found = value[name]
  return typeof found === 'string' || typeof found === 'number' ? String(found) : ''
}

function traitsIn({ traits, groupId }: SeenEvent['value']): string {
  const isObject = typeof traits === 'object' && traits !== null
  const said = isObject ? firstMembers({ ...traits }) : ''
  return [groupId, said].filter((part) => typeof part === 'string' && part !== '').join(': ')
}

const mostMembers = 4

const firstMembers = (value: Readonly<Record<string, unknown>>) =>
  Object.entries(value)
    .filter(([, member]) => member === null || typeof member !== 'object')
    .slice(0, mostMembers)
    .map(([name, member]) => `${name} ${String(member)}`)
    .join(', ')
