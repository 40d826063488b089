import type { Takes } from '#connectors/definition'
import { Unread } from '#kernel/unread.ts'
import type { Message } from './collect.ts'

/** What an event says of one thing; merged with what was known of it. */
export interface Statement {
  readonly about: Exclude<Takes, 'events'>
  /** The key of the thing: `id` in the value. */
  readonly value: Message & { readonly id: string }
  /** That the thing is there, which every event says: only needed the first time. */
  readonly isMention: boolean
}

/**
 * What a message says of people, of the ids they go by, of accounts, of memberships and of orders. What is absent in a
 * value keeps what was known, what is null clears it.
 */
export function statementsOf(message: Message): readonly Statement[] {
  const person = personOf(message)
  return [
    ...(person === undefined ? [] : aboutPerson(message, person)),
    ...aboutAccount(message, person),
    ...aboutOrder(message, person),
  ]
}

/**
 * Who a message is about, when that is all it says: its ids, in one text. Nothing when there is no id, or when more follows from
 * it than that somebody is there: what it says then is told without the objects in it.
 */
export function personIn(message: Message): string | undefined {
  const { type, userId, anonymousId, event, context } = message
  if (type === 'identify' || type === 'group') return undefined
  if (type === 'track' && orderStates.has(String(event))) return undefined
  if (namesOthers(context)) return undefined
  const [user, device] = [textOf(userId), textOf(anonymousId)]
  if (user === undefined) return device === undefined ? undefined : `:${device}`
  // With its length, so that it is told where one ends.
  return `${user.length}:${user}${device ?? ''}`
}

/** Whether a context names more ids. */
const namesOthers = (context: unknown): boolean =>
  context instanceof Unread
    ? context.has('externalIds')
    : objectOf(context)?.['externalIds'] !== undefined

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined

const objectOf = (value: unknown): Message | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? // An object that is no list has text for keys.
      (value as Message)
    : undefined

/** Whose event it is: the signed-in user, or the browser or device that nobody has signed in on. */
const personOf = ({ userId, anonymousId }: Message) => textOf(userId) ?? textOf(anonymousId)

function aboutPerson(message: Message, person: string): readonly Statement[] {
  const [userId, anonymousId] = [textOf(message['userId']), textOf(message['anonymousId'])]
  const isIdentify = message['type'] === 'identify'
  const known = {
    id: person,
    ...(userId === undefined ? {} : { userId }),
    ...(anonymousId === undefined || userId !== undefined ? {} : { anonymousId }),
    isAnonymous: userId === undefined,
  }
  const traits = isIdentify ? traitsOf(message) : undefined
  const value = traits ? { ...known, traits, identifiedAt: message['timestamp'] } : known
  return [
    { about: 'people', value, isMention: !isIdentify },
    ...identities(message, person, { userId, anonymousId }),
  ]
}

// Some clients put the traits of an identify into its context.
const traitsOf = ({ traits, context }: Message): Message => ({
  ...objectOf(objectOf(context)?.['traits']),
  ...objectOf(traits),
})

function identities(
  { context }: Message,
  person: string,
  { userId, anonymousId }: { userId: string | undefined; anonymousId: string | undefined },
): readonly Statement[] {
  const ids = [
    ...(userId === undefined ? [] : [{ type: 'user_id', number: userId }]),
    ...(anonymousId === undefined ? [] : [{ type: 'anonymous_id', number: anonymousId }]),
    ...externalIds(context),
  ]
  return ids.map(({ type, number }) => ({
    about: 'identities',
    value: { id: JSON.stringify([person, type, number]), personId: person, type, number },
    isMention: true,
  }))
}

function externalIds(context: unknown): readonly { type: string; number: string }[] {
  const given = objectOf(context)?.['externalIds']
  if (!Array.isArray(given)) return []
  return given.flatMap((one: unknown) => {
    const { type, id, collection } = objectOf(one) ?? {}
    const [word, number] = [textOf(type), textOf(id)]
    const isOfPerson = collection === undefined || collection === 'users'
    return word === undefined || number === undefined || !isOfPerson ? [] : [{ type: word, number }]
  })
}

function aboutAccount(message: Message, person: string | undefined): readonly Statement[] {
  const groupId = textOf(message['groupId'])
  if (message['type'] !== 'group' || groupId === undefined) return []
  const traits = objectOf(message['traits'])
  const changed = traits ? { traits, changedAt: message['timestamp'] } : {}
  const account = { id: groupId, ...changed }
  const member =
    person === undefined
      ? []
      : [{ id: JSON.stringify([person, groupId]), personId: person, groupId }]
  return [
    { about: 'accounts', value: account, isMention: traits === undefined },
    ...member.map((value) => ({ about: 'members' as const, value, isMention: true })),
  ]
}

/** What an event of the e-commerce spec says has become of its order. */
const orderStates: ReadonlyMap<string, string> = new Map([
  ['Order Completed', 'completed'],
  ['Order Placed', 'completed'],
  ['Order Updated', 'updated'],
  ['Order Refunded', 'refunded'],
  ['Order Cancelled', 'cancelled'],
])

const amounts = ['tax', 'shipping', 'discount', 'coupon', 'affiliation', 'products'] as const

function aboutOrder(message: Message, person: string | undefined): readonly Statement[] {
  const status = orderStates.get(String(message['event']))
  if (message['type'] !== 'track' || status === undefined) return []
  const properties = objectOf(message['properties']) ?? {}
  const id = idOf(properties['order_id']) ?? idOf(properties['orderId'])
  if (id === undefined) return []
  // A refund names what is given back, not what the order was worth or held.
  const isRefund = status === 'refunded'
  const given = Object.fromEntries(
    amounts.flatMap((name) => (name in properties && !isRefund ? [[name, properties[name]]] : [])),
  )
  const total = isRefund ? undefined : totalOf(properties)
  const value = {
    id,
    ...(person === undefined ? {} : { personId: person }),
    status,
    ...given,
    ...(total === undefined ? {} : { total, currency: textOf(properties['currency']) ?? 'USD' }),
    ...(status === 'completed' ? { purchasedAt: message['timestamp'] } : {}),
    changedAt: message['timestamp'],
  }
  return [{ about: 'orders', value, isMention: false }]
}

const idOf = (value: unknown) => (typeof value === 'number' ? String(value) : textOf(value))

const totalOf = ({ total, revenue, value }: Message): unknown => total ?? revenue ?? value
