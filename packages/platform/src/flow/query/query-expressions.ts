import { cast, column, join, type Part, sql, tryCast } from '#engine'
import { didYouMean } from '#kernel/near.ts'
import type { Call } from './calls.ts'
import { raw, refused, type Writers } from './desk.ts'
import { listed, must, sharedWriters, writeInList } from './expressions.ts'
import { queryFaults } from './faults.ts'
import { bounded, functionNamesAllowed, isAllowed, renamed } from './functions.ts'
import { type QueryDesk, writeColumnOf } from './query-desk.ts'
import { sourceOf } from './scope.ts'
import { asNode, kindOf, type Node, open, type Parts } from './tree.ts'
import { queryType, typeNameOf } from './types.ts'
import { orderBy, writeOver } from './windows.ts'

/** The expressions of a query: the shared ones, and sub-queries, windows, lists, records, intervals. */
export const queryWriters: Writers<QueryDesk> = {
  ...sharedWriters,
  subquery: (of, desk) => scalarQuery(of, desk),
  exists: (of, desk) =>
    raw(of.flag('not') ? '(not exists (' : '(exists (', innerQuery(of, 'this', desk), '))'),
  in: writeIn,
  any: (of, desk) => quantified('any', of, desk),
  all: (of, desk) => quantified('all', of, desk),

  window_function: (of, desk) => {
    const over = of.inner('over')
    return raw(must(of, 'this', desk), ' over ', over ? writeOver(over, desk) : refused)
  },
  within_group: (of, desk) =>
    raw(must(of, 'this', desk), ' within group (', orderBy(of.inners('order_by'), desk), ')'),

  array_func: (of, desk) => raw('[', listed(of.nodes('expressions'), desk), ']'),
  map_func: writeRecord,
  tuple: (of, desk) => raw('(', listed(of.nodes('expressions'), desk), ')'),
  subscript: (of, desk) => raw('(', must(of, 'this', desk), ')[', must(of, 'index', desk), ']'),
  array_slice: (of, desk) => {
    const [start, end] = [of.node('start'), of.node('end')]
    const bound = (node: Node | undefined) => (node ? desk.write(node) : '')
    return raw('(', must(of, 'this', desk), ')[', bound(start), ':', bound(end), ']')
  },
  dot: writeDot,
  lambda: (of, desk) => {
    const names = of.names('parameters').map(({ text }) => text)
    const inside = desk.at({ ...desk.scope, locals: [...desk.scope.locals, ...names] }, desk.note)
    return raw(
      '(lambda ',
      join(names.map((name) => column(name))),
      ': ',
      must(of, 'body', inside),
      ')',
    )
  },

  interval: writeInterval,
  extract: writeExtract,
  at_time_zone: (of, desk) =>
    raw('(', must(of, 'this', desk), ' at time zone ', must(of, 'zone', desk), ')'),
  similar_to: (of, desk) =>
    raw(
      '(',
      must(of, 'this', desk),
      of.flag('not') ? ' not similar to ' : ' similar to ',
      must(of, 'pattern', desk),
      ')',
    ),
}

/** Writes a call of a function that is on the list. */
export function writeCall(call: Call, desk: QueryDesk): Part {
  if (!isAllowed(call.name)) {
    const hint = didYouMean(call.name, functionNamesAllowed)
    desk.problems.add(
      queryFaults.not_allowed_function,
      { name: call.name, hint },
      { word: call.name, node: {} },
    )
    return refused
  }
  checkBound(call, desk)
  const rename = renamed[call.name]
  const args = call.args.map((arg) => desk.write(arg))
  if (rename) return rename(...args)
  const inside = [
    raw(call.distinct ? 'distinct ' : '', call.star ? '*' : join(args)),
    ...(call.orderBy.length > 0 ? [orderBy(call.orderBy, desk)] : []),
    ...(call.ignoreNulls ? [raw('ignore nulls')] : []),
  ]
  const filter = call.filter ? raw(' filter (where ', desk.write(call.filter), ')') : raw()
  return raw(`${call.name}(`, join(inside, raw(' ')), ')', filter)
}

// A text of a billion letters is quickly asked for and brings the whole program down.
function checkBound({ name, args }: Call, desk: QueryDesk): void {
  const most = bounded[name]
  const size = args[1]
  if (most === undefined || !size) return
  const amount = kindOf(size) === 'literal' ? Number(open(size).word('value')) : Number.NaN
  if (amount <= most) return
  desk.forbid(`${name} with a length that is not a number up to ${most}`, { word: name })
}

/** Casts to a type that queries may use. */
export function queryCast(type: Parts, of: Part, how: 'strict' | 'try', desk: QueryDesk): Part {
  const to = queryType(type)
  if (to === undefined) {
    const word = type.word('name') || type.word('data_type')
    desk.forbid(`the type ${word.replaceAll('_', ' ')}`, { word })
    return refused
  }
  if (typeof to === 'string') return how === 'try' ? tryCast(of, to) : cast(of, to)
  return raw(how === 'try' ? 'try_cast(' : 'cast(', of, ' as ', typeNameOf(to), ')')
}

function scalarQuery(of: Parts, desk: QueryDesk): Part {
  return raw('(', innerQuery(of, 'this', desk), ')')
}

// What a sub-query gives becomes part of the value around it.
function innerQuery(of: Parts, part: string, desk: QueryDesk): Part {
  const node = of.node(part)
  if (!node) return refused
  const { part: written, outputs } = desk.query(node)
  desk.note(outputs.flatMap(({ from }) => from))
  return written
}

function writeIn(of: Parts, desk: QueryDesk): Part {
  const negation = of.flag('not') ? ' not in ' : ' in '
  if (of.node('query')) {
    return raw('(', must(of, 'this', desk), negation, '(', innerQuery(of, 'query', desk), '))')
  }
  if (!of.flag('is_field')) return writeInList(of, desk)
  return raw('(', must(of, 'this', desk), negation, listed(of.nodes('expressions'), desk), ')')
}

const comparisons: Readonly<Record<string, string>> = {
  Eq: '=',
  Neq: '<>',
  Lt: '<',
  Lte: '<=',
  Gt: '>',
  Gte: '>=',
}

function quantified(word: 'any' | 'all', of: Parts, desk: QueryDesk): Part {
  const operator = comparisons[of.word('op')]
  const node = of.node('subquery')
  if (operator === undefined || !node) {
    desk.forbid(word, { word })
    return refused
  }
  const right = kindOf(node) === 'subquery' ? desk.write(node) : raw('(', desk.write(node), ')')
  return raw('(', must(of, 'this', desk), ` ${operator} ${word} `, right, ')')
}

// `{'name': value}`; `{name: value}` means the same, so the name is no column.
function writeRecord(of: Parts, desk: QueryDesk): Part {
  const keys = of.nodes('keys').map((node) => {
    const parts = open(node)
    const text = parts.kind === 'literal' ? parts.word('value') : parts.name('name')?.text
    if (text) return desk.text(text)
    desk.forbid('this name of a field', { node })
    return refused
  })
  const values = of.nodes('values').map((node) => desk.write(node))
  return raw('{', join(keys.map((key, i) => sql`${key}: ${values[i] ?? refused}`)), '}')
}

// `lake.contacts.email` is a column of a relation with a dot in its name; anything else is a field of a value.
function writeDot(of: Parts, desk: QueryDesk): Part {
  const [node, field] = [of.node('this'), of.name('field')]
  if (!node || !field || field.text === '*') {
    desk.forbid('this use of a dot', { node })
    return refused
  }
  const inner = asNode(node) && kindOf(node) === 'column' ? open(node) : undefined
  const full = `${inner?.name('table')?.text}.${inner?.name('name')?.text}`
  const source = inner ? sourceOf(full, desk.scope) : undefined
  if (source) return writeColumnOf(source, field, desk)
  return raw('(', desk.write(node), ').', column(field.text))
}

const units: ReadonlySet<string> = new Set([
  'Year',
  'Quarter',
  'Month',
  'Week',
  'Day',
  'Hour',
  'Minute',
  'Second',
  'Millisecond',
  'Microsecond',
])

function writeInterval(of: Parts, desk: QueryDesk): Part {
  const unit = of.inner('unit')
  const amount = must(of, 'this', desk)
  if (!unit) return raw('cast(', amount, ' as interval)')
  unit.take('use_plural')
  const word = unit.word('unit')
  if (unit.word('type') === 'simple' && units.has(word)) {
    return raw('(interval (', amount, `) ${word.toLowerCase()})`)
  }
  desk.forbid('this interval', { word: 'interval' })
  return refused
}

const dateParts: Readonly<Record<string, string>> = {
  Year: 'year',
  Quarter: 'quarter',
  Month: 'month',
  Week: 'week',
  Day: 'day',
  DayOfWeek: 'dow',
  DayOfYear: 'doy',
  Hour: 'hour',
  Minute: 'minute',
  Second: 'second',
  Millisecond: 'millisecond',
  Microsecond: 'microsecond',
  Epoch: 'epoch',
  isodow: 'isodow',
  isoyear: 'isoyear',
  decade: 'decade',
  century: 'century',
}

function writeExtract(of: Parts, desk: QueryDesk): Part {
  const field = of.take('field')
  const custom =
    typeof field === 'object' && field !== null && 'Custom' in field ? field.Custom : ''
  const word = dateParts[String(typeof field === 'string' ? field : custom)]
  if (word !== undefined) return raw(`extract(${word} from `, must(of, 'this', desk), ')')
  desk.forbid(`extract(${String(custom)} …)`, { word: 'extract' })
  return refused
}
