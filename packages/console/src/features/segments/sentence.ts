import { type Body, isBody, textAt } from '../../lib/body.ts'
import { kindOf } from '../../lib/condition.ts'
import { formatValue } from '../../lib/format.ts'
import { texts } from '../../lib/texts.ts'
import {
  type Ground,
  insightLabel,
  insightType,
  measureType,
  objectLabel,
  pathLabel,
  pathType,
  type Vocabulary,
} from './vocabulary.ts'

const { words, operators, meaning, builder } = texts.segments

/** A condition in words: what it asks, or how it joins what is below. */
export interface Told {
  readonly says: string
  readonly below: readonly Told[]
}

/** A condition as a tree of sentences. */
export function tell(of: Vocabulary, node: unknown): Told {
  const kind = kindOf(node)
  if (!isBody(node)) return { says: words.unknown, below: [] }
  if (kind === 'not') return { says: meaning.joins.not, below: [tell(of, node['not'])] }
  if (kind === 'all' || kind === 'any') {
    const parts = listIn(node, kind)
    if (parts.length === 0)
      return { says: kind === 'all' ? meaning.everybody : meaning.nobody, below: [] }
    const [only] = parts
    if (parts.length === 1) return tell(of, only)
    return { says: meaning.joins[kind], below: parts.map((part) => tell(of, part)) }
  }
  return { says: sentence(of, node, {}), below: [] }
}

/** A condition in one sentence, also when it joins others. */
export function sentence(of: Vocabulary, node: unknown, ground: Ground): string {
  if (!isBody(node)) return words.unknown
  switch (kindOf(node)) {
    case 'all':
      return joined(of, node, { word: 'all', ground })
    case 'any':
      return joined(of, node, { word: 'any', ground })
    case 'not':
      return `${words.not} (${sentence(of, node['not'], ground)})`
    case 'field':
      return asked(node, {
        what: pathLabel(of, ground, textAt(node, ['field'])),
        type: pathType(of, ground, textAt(node, ['field'])),
      })
    case 'insight':
      return asked(node, {
        what: insightLabel(of.insights, textAt(node, ['insight'])),
        type: insightType(of, textAt(node, ['insight'])),
      })
    case 'segment':
      return member(of, node)
    case 'consent':
      return consent(node)
    case 'related':
      return related(of, node)
    case 'sequence':
      return listIn(node, 'sequence')
        .map((step, i) => stepOf(of, step, i))
        .join(', ')
    default:
      return words.unknown
  }
}

function joined(
  of: Vocabulary,
  node: Body,
  { word, ground }: { word: 'all' | 'any'; ground: Ground },
) {
  const parts = listIn(node, word).map((part) =>
    // A group in a group of another kind needs its brackets.
    isGroup(part) ? `(${sentence(of, part, ground)})` : sentence(of, part, ground),
  )
  if (parts.length === 0) return word === 'all' ? meaning.everybody : meaning.nobody
  return parts.join(` ${word === 'all' ? words.and : words.or} `)
}

function member(of: Vocabulary, node: Body): string {
  const key = textAt(node, ['segment'])
  const label = of.segments.get(key) ?? key
  return node['use'] === 'definition' ? words.meant(label) : words.member(label)
}

function consent(node: Body): string {
  const purpose = textAt(node, ['consent', 'purpose'])
  const said = words.consent(
    wordIn(builder.statuses, textAt(node, ['consent', 'status'])),
    textAt(node, ['consent', 'channel']),
  )
  return purpose === '' ? said : `${said} ${words.purpose(purpose)}`
}

/** The word for a key; the key itself where there is none. */
const wordIn = (all: Readonly<Record<string, string>>, key: string): string =>
  Object.entries(all).find(([name]) => name === key)?.[1] ?? key

function related(of: Vocabulary, node: Body): string {
  const measure = textAt(node, ['measure'])
  if (measure === '') return words.atLeastOne(rowsOf(of, node))
  const key = textAt(node, ['related'])
  const path = textAt(node, ['of'])
  return asked(node, {
    what: measured(of, node),
    type: measureType(of, { related: key, measure, of: path }),
  })
}

/** What a measure over rows measures: `sum of Total (Sales Order of the last 30 days)`. */
export function measured(of: Vocabulary, node: Body): string {
  const measure = textAt(node, ['measure'])
  const path = textAt(node, ['of'])
  const rows = rowsOf(of, node)
  const label = wordIn(builder.measures, measure)
  if (path === '') return `${label} (${rows})`
  return `${label} ${pathLabel(of, { rows: textAt(node, ['related']) }, path)} (${rows})`
}

/** Rows of an object with what narrows them. */
function rowsOf(of: Vocabulary, node: Body): string {
  const key = textAt(node, ['related'])
  const where = node['where']
  const span = spanIn(node['look_back'])
  return [
    objectLabel(of, key),
    ...(span === '' ? [] : [words.ofLast(span)]),
    ...(where === undefined ? [] : [`${words.where} ${sentence(of, where, { rows: key })}`]),
  ].join(' ')
}

function stepOf(of: Vocabulary, step: unknown, i: number): string {
  if (!isBody(step)) return words.unknown
  const span = spanIn(step['within'])
  const rows = rowsOf(of, step)
  if (i === 0) return rows
  const begins = step['never'] === true ? words.never : words.next
  return span === '' ? `${begins} ${rows}` : `${begins} ${words.within(span)} ${rows}`
}

function spanIn(span: unknown): string {
  if (!isBody(span)) return ''
  return `${span['value']} ${wordIn(builder.units, textAt(span, ['unit']))}`
}

/** A question to a value: `Total is at least 500`. */
function asked(node: Body, { what, type }: { what: string; type: string | undefined }): string {
  const op = textAt(node, ['op'])
  const said = operators[op] ?? op
  const value = valueIn(node, type)
  return `${what} ${said.includes('…') ? said.replace('…', value) : `${said} ${value}`}`.trimEnd()
}

function valueIn({ value, unit, op }: Body, type: string | undefined): string {
  const unitSaid = typeof unit === 'string' ? wordIn(builder.units, unit) : ''
  if (Array.isArray(value)) {
    const last = op === 'between' ? ` ${words.and} ` : ', '
    return value.map((one) => formatValue(one, type)).join(last)
  }
  const shown = typeof value === 'object' ? '' : formatValue(value, type)
  return [shown, unitSaid === '' ? '' : unitInPlace(shown, unitSaid)]
    .filter((word) => word !== '')
    .join(' ')
}

// `this month`, but `7 months`.
const unitInPlace = (value: string, unit: string) =>
  value === '' || value === '1' ? unit.replace(/s$/, '') : unit

const isGroup = (node: unknown) => kindOf(node) === 'all' || kindOf(node) === 'any'

const listIn = (node: Body, name: string): readonly unknown[] => {
  const found = node[name]
  return Array.isArray(found) ? found : []
}
