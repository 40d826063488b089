import type { Offer } from '../../connector.ts'
import type { Session } from './database.ts'

/** More tables than a person can choose from. */
const mostOffers = 5000

/** What a database has to offer: its tables and views, with about how much is in them. */
export async function offersOf(open: () => Promise<Session>): Promise<readonly Offer[]> {
  const session = await open()
  try {
    const sizes = await session.sizes()
    return sizes.slice(0, mostOffers).map(({ schema, name, ...size }) => ({
      name: `${schema}.${name}`,
      source: { table: `${schema}.${name}` },
      ...size,
    }))
  } finally {
    await session.close()
  }
}
