import { type Generated, type Insertable, type Selectable, sql } from 'kysely'
import { readMigrations, type Store } from '#store'
import type { Built, NodeState, Tried } from './definition.ts'

interface NodeRow {
  key: string
  state: Generated<'idle' | 'running' | 'failed' | 'interrupted'>
  output: Generated<number>
  built: string | null
  tried: string | null
  run: string | null
  pruned_to: Generated<number>
  all_at: Generated<number>
}

interface Tables {
  graph_node: NodeRow
  graph_change: { node: string; key: string; position: number }
}

/** Which keys of a node changed: opaque texts, everything, or nothing. */
export type Changed = readonly string[] | 'all' | 'nothing'

/** The tables of this room. */
export const graphMigrations = readMigrations(new URL('./migrations/', import.meta.url))

const rowsAtOnce = 500

/** Reads and writes what is remembered of nodes. */
export type Records = ReturnType<typeof recordsIn>

/** The records of the graph in a store, written by the process called `run`. */
export function recordsIn(store: Store, run: string) {
  const db = store.as<Tables>()

  const put = async (row: Insertable<NodeRow>) => {
    const { key: _, ...values } = row
    await db
      .insertInto('graph_node')
      .values(row)
      .onConflict((same) => same.column('key').doUpdateSet(values))
      .execute()
  }
  const find = (key: string) =>
    db.selectFrom('graph_node').selectAll().where('key', '=', key).executeTakeFirst()

  const markAll = async (key: string, position: number) => {
    await put({ key, output: position, all_at: position })
    await db
      .deleteFrom('graph_change')
      .where('node', '=', key)
      .where('position', '<=', position)
      .execute()
  }
  const markKeys = async (node: string, keys: readonly string[], position: number) => {
    await put({ key: node, output: position })
    for (let i = 0; i < keys.length; i += rowsAtOnce) {
      const rows = keys.slice(i, i + rowsAtOnce).map((key) => ({ node, key, position }))
      await db
        .insertInto('graph_change')
        .values(rows)
        .onConflict((same) => same.columns(['node', 'key']).doUpdateSet({ position }))
        .execute()
    }
  }

  return {
    states: async (): Promise<ReadonlyMap<string, NodeState>> => {
      const rows = await db.selectFrom('graph_node').selectAll().execute()
      return new Map(rows.map((row) => [row.key, stateOf(row, run)]))
    },

    start: (key: string, tried: Tried) =>
      put({ key, state: 'running', run, tried: JSON.stringify(tried) }),

    keep: (key: string, of: { built: Built; tried: Tried }) =>
      put({
        key,
        state: 'idle',
        built: JSON.stringify(of.built),
        tried: JSON.stringify(of.tried),
        run: null,
      }),

    fail: (key: string, state: 'failed' | 'interrupted', tried: Tried) =>
      put({ key, state, tried: JSON.stringify(tried), run: null }),

    /** Moves the output of a node on and remembers what changed; gives the position it has now. */
    mark: async (key: string, changed: Changed, at: number | undefined): Promise<number> => {
      const output = (await find(key))?.output ?? 0
      if (changed === 'nothing' || changed.length === 0) return output
      // What is told late must still be later than what anybody has worked up to.
      const moved = at === undefined || at <= output ? output + 1 : at
      if (changed === 'all') await markAll(key, moved)
      else await markKeys(key, changed, moved)
      return moved
    },

    changedSince: async (node: string, position: number): Promise<readonly string[] | 'all'> => {
      const row = await find(node)
      const { output, pruned_to, all_at } = row ?? { output: 0, pruned_to: 0, all_at: 0 }
      if (position > output || position < Math.max(pruned_to, all_at)) return 'all'
      const rows = await db
        .selectFrom('graph_change')
        .select('key')
        .where('node', '=', node)
        .where('position', '>', position)
        .orderBy('key')
        .execute()
      return rows.map(({ key }) => key)
    },

    /** Forgets which keys changed up to a position. */
    prune: async (node: string, position: number): Promise<void> => {
      const { numUpdatedRows } = await db
        .updateTable('graph_node')
        .set({ pruned_to: position })
        .where('key', '=', node)
        .where('pruned_to', '<', position)
        .executeTakeFirst()
      if (numUpdatedRows === 0n) return
      await db
        .deleteFrom('graph_change')
        .where('node', '=', node)
        .where('position', '<=', position)
        .execute()
    },

    /** Forgets results, so that the nodes are made anew; outputs go on from where they are. */
    forget: async (keys: readonly string[] | 'all'): Promise<void> => {
      await db
        .updateTable('graph_node')
        .set({ built: null, tried: null, state: 'idle', run: null })
        .$if(keys !== 'all', (all) => all.where('key', 'in', keys === 'all' ? [] : keys))
        .execute()
    },

    /** Removes what is remembered of nodes that are no more: one that comes back is made anew. */
    dropOthers: async (keys: readonly string[]): Promise<void> => {
      const known = JSON.stringify(keys)
      await sql`delete from graph_node where key not in (select value from json_each(${known}))`.execute(
        db,
      )
      await sql`delete from graph_change where node not in (select value from json_each(${known}))`.execute(
        db,
      )
    },
  }
}

// A process holds the store alone: what another one left running, it did not end.
function stateOf(row: Selectable<NodeRow>, run: string): NodeState {
  const isLeft = row.state === 'running' && row.run !== run
  return {
    key: row.key,
    state: isLeft ? 'interrupted' : row.state,
    output: row.output,
    ...(row.built === null ? {} : { built: JSON.parse(row.built) }),
    ...(row.tried === null ? {} : { tried: JSON.parse(row.tried) }),
  }
}
