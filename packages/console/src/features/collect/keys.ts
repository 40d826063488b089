import type { WriteKey } from '@tessera/platform/contract'
import type { KeySort, SendersAddress } from './address.ts'

/** The write keys that an address asks for, in its order. */
export function chooseKeys(
  keys: readonly WriteKey[],
  address: SendersAddress,
): readonly WriteKey[] {
  const { sort, order } = sortingIn(address)
  const sign = order === 'up' ? 1 : -1
  return keys
    .filter((key) => fits(key, address))
    .toSorted(
      (a, b) => sign * wordFor(a, sort).localeCompare(wordFor(b, sort)) || (a.key < b.key ? -1 : 1),
    )
}

/** By what an address sorts; the newest first unless it says something. */
export const sortingIn = ({ sort = 'created', order }: SendersAddress) => ({
  sort,
  order: order ?? naturalOrder(sort),
})

/** What an address becomes when the head of a column is pressed. */
export function sortedBy(address: SendersAddress, sort: KeySort): SendersAddress {
  const now = sortingIn(address)
  const other = now.order === 'up' ? 'down' : 'up'
  return { ...address, sort, order: now.sort === sort ? other : naturalOrder(sort) }
}

/** The senders that have a key, by name. */
export const sendersIn = (keys: readonly WriteKey[]): readonly string[] =>
  [...new Set(keys.map(({ connection }) => connection))].toSorted()

const naturalOrder = (sort: KeySort) => (sort === 'created' ? 'down' : 'up')

const wordFor = (key: WriteKey, sort: KeySort) => (sort === 'created' ? key.createdAt : key[sort])

function fits(key: WriteKey, { q = '', state }: SendersAddress): boolean {
  const text = `${key.label} ${key.connection} ${key.key}`.toLowerCase()
  const isOpen = key.closedAt === undefined
  return (
    q
      .toLowerCase()
      .split(/\s+/)
      .every((word) => text.includes(word)) &&
    (state === undefined || isOpen === (state === 'open'))
  )
}
