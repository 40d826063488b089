import type { Store } from '#store'
import type { Tables } from './kept.ts'

/** Reads and writes who said yes to a large sending. */
export function gateIn(store: Store) {
  const db = store.as<Tables>()
  const keep = (of: Tables['activation_consent']) =>
    db
      .insertInto('activation_consent')
      .values(of)
      .onConflict((same) => same.column('activation').doUpdateSet(of))
      .execute()
  const consentTo = async (activation: string) =>
    (await db
      .selectFrom('activation_consent')
      .selectAll()
      .where('activation', '=', activation)
      .executeTakeFirst()) ?? { activation, awaiting: null, confirmed: null }
  return {
    consentTo,
    /** How many members wait for a yes, by activation. */
    awaiting: async (): Promise<ReadonlyMap<string, number>> => {
      const rows = await db.selectFrom('activation_consent').selectAll().execute()
      return new Map(
        rows.flatMap(({ activation, awaiting }) =>
          awaiting === null ? [] : [[activation, awaiting] as const],
        ),
      )
    },
    /** Says how many wait, or that nobody does any more. */
    setAwaiting: async (activation: string, awaiting: number | null): Promise<void> => {
      const found = await consentTo(activation)
      if (found.awaiting !== awaiting) await keep({ ...found, awaiting })
    },
    confirm: async (activation: string, confirmed: number): Promise<void> => {
      await keep({ activation, awaiting: null, confirmed })
    },
  }
}
