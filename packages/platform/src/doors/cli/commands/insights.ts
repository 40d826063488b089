import type { Command, Out } from '../command.ts'
import { cliFaults } from '../faults.ts'
import { grouped, tableOf, tableOfRecords, whileIn } from '../table.ts'
import { wordOf } from '../words.ts'
import { candidatesText } from './profile.ts'
import { personFor } from './why.ts'

interface Overview {
  readonly key: string
  readonly label: string
  readonly rows?: number
  readonly lastRun?: { readonly at: string; readonly how?: string }
  readonly stale?: { readonly why: string }
  readonly waits?: { readonly why: string }
  readonly staleness_ms?: number
}

interface Template {
  readonly key: string
  readonly about: string
  readonly lacks: readonly string[]
  readonly isDefined: boolean
}

/** Lists insights, and those that could be added. */
export const insights: Command = {
  name: 'insights',
  takes: '',
  about: 'List insights, why one is stale, and the ready-made ones with what they lack',
  run: async (_, { client, out }) => {
    const tessera = await client()
    // The endpoints answer with these shapes; see the insights room.
    const [all, ready] = (await Promise.all([
      tessera.call('GET', '/insights'),
      tessera.call('GET', '/insights/templates'),
    ])) as [readonly Overview[], readonly Template[]]
    if (out.isJson) return out.print(JSON.stringify({ insights: all, templates: ready }, null, 2))
    printInsights(all, out)
    printTemplates(ready, out)
  },
}

function printInsights(all: readonly Overview[], out: Out): void {
  if (all.length === 0) {
    out.print('no insights yet')
    return
  }
  const titles = ['insight', 'rows', 'last run', 'behind', '']
  const columns = titles.map((title) => ({ title }))
  out.print(
    tableOf(
      columns,
      all.map(({ key, rows, lastRun, stale, waits, staleness_ms: behindMs }) => [
        key,
        rows ?? '-',
        lastRun ? `${lastRun.at.slice(0, 16).replace('T', ' ')} ${lastRun.how ?? ''}`.trim() : '-',
        whileIn(behindMs),
        [...(stale ? [`stale: ${stale.why}`] : []), ...(waits ? [waits.why] : [])].join('; '),
      ]),
    ),
  )
}

function printTemplates(ready: readonly Template[], out: Out): void {
  const left = ready.filter(({ isDefined }) => !isDefined)
  if (left.length === 0) return
  out.print('\nready-made, with `tessera insight-add <name>`:')
  const rows = left.map(({ key, about, lacks }) => [
    key,
    lacks.length === 0 ? about : `not here: ${lacks.join('; ')}`,
  ])
  out.print(tableOf([{ title: 'name' }, { title: '' }], rows))
}

/** Adds a ready-made insight. */
export const insightAdd: Command = {
  name: 'insight-add',
  takes: '<name>',
  about: 'Add a ready-made insight; refused with what the model lacks for it',
  options: { key: { type: 'string', about: 'Under which key; its name unless given' } },
  run: async (call, { client, out }) => {
    const name = wordOf(insightAdd, call)
    const { key } = call.options
    const body = typeof key === 'string' ? { key } : {}
    const made = (await (
      await client()
    ).call('POST', `/insights/templates/${encodeURIComponent(name)}`, { body })) as {
      readonly key: string
    }
    if (out.isJson) return out.print(JSON.stringify(made, null, 2))
    out.print(`the insight ${made.key} is defined; \`tessera run\` computes it`)
  },
}

type Cells = Readonly<Record<string, unknown>>

interface Behind {
  readonly from: string
  readonly kept?: Cells
  readonly rows: readonly {
    readonly stream?: string
    readonly id?: string
    readonly key?: string
    readonly fields: Cells
    readonly value?: unknown
    readonly times?: number
  }[]
  readonly total: number
  readonly table?: string
  readonly tables?: readonly {
    readonly name: string
    readonly from: string
    readonly rows: number
  }[]
  readonly asked?: readonly string[]
}

/** Shows the rows of an insight, and those that one of them was computed from. */
export const insightRows: Command = {
  name: 'insight-rows',
  takes: '<insight> [<dimension>=<value> ...]',
  about:
    'Show the rows of an insight; with its dimensions, the rows that one of them was computed from',
  options: {
    of: {
      type: 'string',
      about: 'Whose row: the value of the dimension profile_id, by any identifier',
    },
    measure: {
      type: 'string',
      about: 'Only the rows that count for this measure, with what each brings',
    },
    table: {
      type: 'string',
      about: 'Of an insight in SQL: which of the tables that it reads; the first unless given',
    },
    limit: { type: 'string', about: 'How many; 20 unless given' },
  },
  run: async (call, { client, out }) => {
    const path = `/insights/${encodeURIComponent(wordOf(insightRows, call))}/rows`
    const { of: who, measure, table, limit = '20' } = call.options
    const tessera = await client()
    const given = call.words.slice(1).map(dimensionIn)
    if (typeof who === 'string') {
      const found = await personFor(tessera, who)
      if (typeof found !== 'string')
        return out.print(out.isJson ? JSON.stringify(found, null, 2) : candidatesText(found, who))
      given.push(['profile_id', found])
    }
    if (given.length === 0) {
      const query = { limit: String(limit) }
      const rows = (await tessera.call('GET', path, { query })) as readonly Cells[]
      if (out.isJson) return out.print(JSON.stringify(rows, null, 2))
      return out.print(rows.length === 0 ? 'no rows' : tableOfRecords(rows))
    }
    const body = {
      dimensions: Object.fromEntries(given),
      limit: Number(limit),
      ...(typeof measure === 'string' ? { measure } : {}),
      ...(typeof table === 'string' ? { table } : {}),
    }
    // The endpoint answers with this shape; see the insights room.
    const behind = (await tessera.call('POST', path, { body })) as Behind
    out.print(out.isJson ? JSON.stringify(behind, null, 2) : behindText(behind))
  },
}

const words: Readonly<Record<string, unknown>> = { true: true, false: false, null: null, '': null }

/** A dimension with the value that is asked for. */
function dimensionIn(word: string): readonly [string, unknown] {
  const at = word.indexOf('=')
  if (at < 1) throw cliFaults.missing_word({ command: insightRows.name, takes: insightRows.takes })
  const written = word.slice(at + 1)
  return [word.slice(0, at), Object.hasOwn(words, written) ? words[written] : written]
}

function behindText(behind: Behind): string {
  const { from, table, kept, rows, total } = behind
  const records = rows.map(({ stream, id, key, fields, value, times }) => ({
    row: [stream, id ?? key].filter((one) => one !== undefined).join(' '),
    ...fields,
    ...(value === undefined ? {} : { brings: value }),
    ...(rows.some((row) => row.times !== undefined) ? { times: times ?? 1 } : {}),
  }))
  const called = table === undefined || table === from ? from : `${from} (${table})`
  return [
    kept ? tableOfRecords([kept]) : 'there is no such row, as it was computed last',
    `\n${grouped(total)} rows of ${called} now${total > rows.length ? `, of these ${rows.length}` : ''}`,
    ...(rows.length === 0 ? [] : [tableOfRecords(records)]),
    ...otherTables(behind),
  ].join('\n')
}

function otherTables({ table, tables = [], asked = [] }: Behind): readonly string[] {
  const others = tables.filter(({ name }) => name !== table)
  return [
    ...(others.length === 0 ? [] : ['\nalso, with `--table <name>`:']),
    ...others.map(({ name, from, rows }) => `  ${name}: ${grouped(rows)} rows of ${from}`),
    ...(asked.length === 0 ? [] : [`\nasked by conditions and values: ${asked.join(', ')}`]),
  ]
}
