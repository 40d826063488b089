import type { Expression, ExpressionBuilder, Generated, Selectable, SqlBool } from 'kysely'
import type { Caller } from '#kernel/caller.ts'
import type { Clock } from '#kernel/clock.ts'
import { type Facts, masked } from '#kernel/log.ts'
import { readMigrations, type Store } from '#store'
import type { AuditEntry, AuditQuery } from './api.ts'

/** Who did what, written down for good. */
export interface Audit {
  /** Writes one entry; inside a transaction it is kept or undone together with what it tells of. */
  readonly record: (caller: Caller, verb: string, subject: string, details?: Facts) => Promise<void>
  /** Entries, newest first. */
  readonly list: (query: AuditQuery) => Promise<readonly AuditEntry[]>
}

interface Tables {
  audit_entry: Row
}

interface Row {
  number: Generated<number>
  at: string
  caller: string
  verb: string
  subject: string
  details: string
}

/** The tables of this room. */
export const auditMigrations = readMigrations(new URL('./migrations/', import.meta.url))

const usualLimit = 100

/** The audit of a store. */
export function makeAudit({ store, clock }: { store: Store; clock: Clock }): Audit {
  const db = store.as<Tables>()
  return {
    async record(caller, verb, subject, details = {}) {
      const entry = { at: clock.now().toISOString(), caller: caller.name, verb, subject }
      await db
        .insertInto('audit_entry')
        .values({ ...entry, details: JSON.stringify(masked(details)) })
        .execute()
    },
    async list({ before, limit = usualLimit, subject, caller, verb, search }) {
      const rows = await db
        .selectFrom('audit_entry')
        .selectAll()
        .$if(before !== undefined, (all) => all.where('number', '<', before ?? 0))
        .$if(subject !== undefined, (all) => all.where('subject', '=', subject ?? ''))
        .$if(caller !== undefined, (all) => all.where('caller', '=', caller ?? ''))
        .$if(verb !== undefined, (all) => all.where(isVerb(verb ?? '')))
        .$if(search !== undefined, (all) => all.where(holds(search ?? '')))
        .orderBy('number', 'desc')
        .limit(limit)
        .execute()
      return rows.map(entryOf)
    },
  }
}

type Condition = (of: ExpressionBuilder<Tables, 'audit_entry'>) => Expression<SqlBool>

const isVerb =
  (verb: string): Condition =>
  ({ eb, or, fn, val }) =>
    or([
      eb('verb', '=', verb),
      // A noun alone means all that is done to it.
      eb(fn<number>('instr', ['verb', val(`${verb}.`)]), '=', 1),
    ])

const holds =
  (search: string): Condition =>
  ({ eb, or, fn, val }) =>
    or(
      (['caller', 'verb', 'subject'] as const).map((name) =>
        eb(fn<number>('instr', [fn('lower', [name]), val(search.toLowerCase())]), '>', 0),
      ),
    )

const entryOf = ({ details, ...row }: Selectable<Row>): AuditEntry => ({
  ...row,
  details: JSON.parse(details),
})
