import type { Answer, Engine } from '#engine'
import type { FieldType } from '#kernel/scalar.ts'
import { rowLimits } from './api.ts'
import { type CheckedQuery, checkQuery, type RelationRead } from './check.ts'
import { queryFaults } from './faults.ts'
import type { Relation } from './relation.ts'

/** What exploring needs: the engine, the relations of this moment, and the time. */
export interface ExploreTools {
  readonly engine: Engine
  readonly relations: () => Promise<readonly Relation[]>
  /** Milliseconds that only ever rise. */
  readonly elapsed?: () => number
}

export interface RunOptions {
  readonly limit?: number
  readonly signal?: AbortSignal
}

/** An answer for a person. */
export interface Explored extends Answer {
  /** Whether there are more rows than were asked for. */
  readonly truncated: boolean
  readonly reads: readonly RelationRead[]
  readonly tookMs: number
}

/** A relation as users see it, without its table. */
export interface ShownRelation {
  readonly name: string
  readonly label?: string
  readonly columns: readonly { readonly name: string; readonly type: FieldType }[]
}

/** Questions that people ask in SQL. */
export interface Explore {
  readonly run: (text: string, options?: RunOptions) => Promise<Explored>
  readonly check: (text: string) => Promise<Pick<CheckedQuery, 'reads' | 'columns' | 'lineage'>>
  readonly relations: () => Promise<readonly ShownRelation[]>
}

/** Makes the verbs of exploring. */
export function makeExplore({
  engine,
  relations,
  elapsed = () => performance.now(),
}: ExploreTools): Explore {
  const checked = async (text: string) =>
    checkQuery(text, await relations(), { dialect: engine.dialect })
  return {
    run: async (text, { limit = rowLimits.usual, signal } = {}) => {
      if (!Number.isInteger(limit) || limit < 1 || limit > rowLimits.most) {
        throw queryFaults.bad_limit({ limit, most: rowLimits.most }, { at: 'limit' })
      }
      const query = await checked(text)
      const began = elapsed()
      // One row more than asked for tells whether there are more.
      const answer = await engine.checked(limited(query, limit + 1), signal ? { signal } : {})
      return {
        columns: answer.columns,
        rows: answer.rows.slice(0, limit),
        truncated: answer.rows.length > limit,
        reads: query.reads,
        tookMs: Math.round(elapsed() - began),
      }
    },
    check: async (text) => {
      const { reads, columns, lineage } = await checked(text)
      return { reads, columns, lineage }
    },
    relations: async () => (await relations()).map(shown),
  }
}

const limited = ({ text }: CheckedQuery, rows: number) =>
  `select * from (${text}) as explored limit ${rows}`

const shown = ({ name, label, columns }: Relation): ShownRelation => ({
  name,
  ...(label === undefined ? {} : { label }),
  columns: columns.map(({ name: column, type }) => ({ name: column, type })),
})
