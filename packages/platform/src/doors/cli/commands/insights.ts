import type { Command, Out } from '../command.ts'
import { tableOf } from '../table.ts'
import { wordOf } from '../words.ts'

interface Overview {
  readonly key: string
  readonly label: string
  readonly rows?: number
  readonly lastRun?: { readonly at: string; readonly how?: string }
  readonly stale?: { readonly why: string }
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
  const columns = [{ title: 'insight' }, { title: 'rows' }, { title: 'last run' }, { title: '' }]
  out.print(
    tableOf(
      columns,
      all.map(({ key, rows, lastRun, stale }) => [
        key,
        rows ?? '-',
        lastRun ? `${lastRun.at.slice(0, 16).replace('T', ' ')} ${lastRun.how ?? ''}`.trim() : '-',
        stale ? `stale: ${stale.why}` : '',
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
