import { mentions } from '../../lib/mapping.ts'
import { texts } from '../../lib/texts.ts'
import type { PictureNode } from '../../ui/graph-tile.tsx'
import type { IconName } from '../../ui/icons.tsx'
import { nameOf, type Origin, type Use, type UseKind, useKinds, usesOf } from './uses.ts'

const words = texts.model.lineage

/** A field whose way is drawn, and what is known around it. */
export interface FieldWay {
  readonly object: string
  readonly field: string
  readonly label: string
  readonly origins: readonly Origin[]
  /** The columns of each stream; nothing of one that has brought no row yet. */
  readonly columns: ReadonlyMap<string, readonly string[]>
  readonly uses: readonly Use[]
}

/** A part of the way of a field, and the page that it opens. */
export interface WayNode extends PictureNode {
  readonly page?: string
}

const looksOf: Readonly<Record<UseKind, { readonly icon: IconName; readonly colour: string }>> = {
  ruleset: { icon: 'identity', colour: '--t-stone-identity' },
  insight: { icon: 'insight', colour: '--t-stone-insight' },
  segment: { icon: 'segment', colour: '--t-stone-segment' },
  activation: { icon: 'activation', colour: '--t-stone-activation' },
  action: { icon: 'action', colour: '--t-stone-activation' },
  decision: { icon: 'split', colour: '--t-stone-profile' },
  query: { icon: 'search', colour: '--t-stone-other' },
}

const pages: Readonly<Partial<Record<UseKind, string>>> = {
  ruleset: '/identity/',
  insight: '/insights/',
  segment: '/segments/',
  activation: '/activations/',
  action: '/actions/',
  query: '/explore?saved=',
}

/** The page of something that is made of the model, if it has one. */
export const pageOf = ({ kind, key }: Pick<Use, 'kind' | 'key'>): string | undefined => {
  const page = pages[kind]
  return page === undefined ? undefined : `${page}${encodeURIComponent(key)}`
}

/** The way of a field: from the columns of streams through formulas to it, and on to everything that is made of it. */
export function wayOf(way: FieldWay): readonly WayNode[] {
  const { object, field, label, origins } = way
  const name = `${object}.${field}`
  const formulas = origins.map(({ stream, formula }, i) => ({
    key: `formula:${i}`,
    stream,
    formula,
    columns: (way.columns.get(stream) ?? []).filter((column) => mentions(formula, column)),
  }))
  const columns = new Map(
    formulas.flatMap(({ stream, columns: named }) =>
      named.map((column) => [columnKey(stream, column), { stream, column }] as const),
    ),
  )
  const uses = usesOf(name, way.uses)
  const known = new Set([name, ...uses.map(nameOf)])
  return [
    ...[...columns].map(
      ([key, { stream, column }]): WayNode => ({
        key,
        rank: 0,
        heading: words.columns,
        inputs: [],
        label: column,
        facts: stream,
        icon: 'stream',
        colour: '--t-stone-stream',
        page: `/streams/${encodeURIComponent(stream)}?tab=fields`,
      }),
    ),
    ...formulas.map(
      ({ key, stream, formula, columns: named }): WayNode => ({
        key,
        rank: 1,
        heading: words.formulas,
        inputs: named.map((column) => columnKey(stream, column)),
        label: formula,
        facts: stream,
        icon: 'merge',
        colour: '--t-stone-model',
        title: formula,
        page: `/mappings/${encodeURIComponent(stream)}`,
      }),
    ),
    {
      key: name,
      rank: 2,
      heading: words.field,
      inputs: formulas.map(({ key }) => key),
      label,
      facts: name,
      icon: 'model',
      colour: '--t-stone-model',
      title: name,
    },
    ...uses.map((use): WayNode => {
      const page = pageOf(use)
      return {
        key: nameOf(use),
        rank: 3 + useKinds.indexOf(use.kind),
        heading: words.kinds[use.kind],
        inputs: [...use.asks].filter((asked) => known.has(asked)),
        label: use.label,
        facts: use.key,
        title: use.label,
        ...looksOf[use.kind],
        ...(page === undefined ? {} : { page }),
      }
    }),
  ]
}

const columnKey = (stream: string, column: string): string => `column:${stream}.${column}`
