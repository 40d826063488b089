import { writeFileSync } from 'node:fs'
import { join as pathOf } from 'node:path'
import { type Engine, join, sql, value } from '#engine'
import { profileId, setRows } from '#insights/testing'
import {
  type BatchFile,
  currentTable,
  fieldsOf,
  type LakeField,
  type Mode,
  pastTable,
  take,
  takeDeletions,
} from '#lake'

/** An order as its source has it; the number is its key, and whose it is. */
export interface LakeOrder {
  readonly n: number
  readonly total: number
  readonly status: string
}

let files = 0

/** The status of orders that the mapping lets out. */
export const hidden = 'hidden'

/** Orders that come through the lake, and stand in the model as a mapping of their stream would put them there. */
export function lakeOrders(engine: Engine, folder: string, stream = 'orders') {
  const fieldOf = (name: string, type: LakeField['type']): LakeField => ({
    name,
    label: name,
    type,
  })
  const fields = [fieldOf('id', 'text'), fieldOf('total', 'decimal'), fieldOf('status', 'text')]
  const batch = (header: readonly string[], lines: readonly string[]): BatchFile => {
    const name = `${stream}-${++files}.csv`
    const path = pathOf(folder, name)
    writeFileSync(path, `${header.join(',')}\n${lines.map((line) => `${line}\n`).join('')}`)
    return {
      name,
      fingerprint: name,
      fields: fields.filter((field) => header.includes(field.name)),
      file: {
        format: 'csv',
        path,
        compressed: false,
        delimiter: ',',
        quote: '"',
        escape: '"',
        header: true,
        columns: header.map((column) => ({ name: column, label: column, empty: false })),
      },
    }
  }
  const arrive = async (mode: Mode, orders: readonly LakeOrder[]) => {
    const lines = orders.map(({ n, total, status }) => `${n},${total},${status}`)
    await take(engine, {
      stream,
      mode,
      primaryKey: ['id'],
      known: await fieldsOf(engine, stream),
      files: (async function* () {
        yield batch(['id', 'total', 'status'], lines)
      })(),
      at: new Date(files),
      signal: AbortSignal.timeout(30_000),
    })
    await map()
  }
  /** Makes the rows of the model those of the lake; by their keys, the versions that they have. */
  const map = async (): Promise<ReadonlyMap<number, number>> => {
    const rows = await engine.rows(
      sql`select id, total, status, _position from ${currentTable(stream)}
        where status is distinct from ${value(hidden)}`,
    )
    await setRows(
      engine,
      'sales_order',
      rows.map((row) => ({
        id: String(row['id']),
        _stream: stream,
        _key: BigInt(String(row['id'])),
        _position: Number(row['_position']),
        profile: profileId(Number(row['id'])),
        grand_total_amount: String(row['total']),
        status: String(row['status']),
      })),
    )
    return new Map(rows.map((row) => [Number(row['id']), Number(row['_position'])]))
  }
  return {
    /** The stream, as actions read it. */
    definition: { kind: 'stream', key: stream, body: { primary_key: ['id'] } },
    map,
    /** All orders that there are: those that are not among them are taken away. */
    snapshot: (...orders: readonly LakeOrder[]) => arrive('full', orders),
    /** Orders that are new, or others than before. */
    put: (...orders: readonly LakeOrder[]) => arrive('upsert', orders),
    /** Takes orders away by their keys. */
    remove: async (...numbers: readonly number[]) => {
      await takeDeletions(engine, {
        stream,
        primaryKey: ['id'],
        known: await fieldsOf(engine, stream),
        file: batch(['id'], numbers.map(String)),
        at: new Date(files),
        signal: AbortSignal.timeout(30_000),
      })
      await map()
    },
    /** Takes orders away as though they had never been. */
    erase: async (...numbers: readonly number[]) => {
      const ids = join(numbers.map((n) => value(String(n))))
      await engine.change('erasing', async (writer) => {
        for (const rows of [currentTable(stream), pastTable(stream)])
          await writer.run(sql`delete from ${rows} where id in (${ids})`)
      })
      await map()
    },
  }
}
