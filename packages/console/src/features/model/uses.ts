import { type Body, isBody } from '../../lib/body.ts'
import { formulaOf, type MappingBody, mentions } from '../../lib/mapping.ts'
import type { ModelObjectFacts } from '../../lib/model.ts'

/** A field of a stream, or a formula over several, that fills a field of the model. */
export interface Origin {
  readonly stream: string
  readonly formula: string
}

/** Where the fields of an object come from, by their names. */
export function originsOf(
  object: string,
  mappings: readonly MappingBody[],
): ReadonlyMap<string, readonly Origin[]> {
  const all = mappings.flatMap(({ stream, objects }) =>
    objects
      .filter((target) => target.object === object)
      .flatMap(({ fields }) =>
        Object.entries(fields).map(([field, filling]) => ({
          field,
          origin: { stream, formula: formulaOf(filling) },
        })),
      ),
  )
  return new Map(
    [...Map.groupBy(all, ({ field }) => field)].map(([field, of]) => [
      field,
      // One stream may fill an object twice, such as with the phone at work and the one at home.
      [...new Map(of.map(({ origin }) => [`${origin.stream} ${origin.formula}`, origin])).values()],
    ]),
  )
}

/** What can be made of the model, in the order in which one is made of the other. */
export const useKinds = [
  'ruleset',
  'insight',
  'segment',
  'activation',
  'action',
  'decision',
  'query',
] as const
/** A kind of what is made of the model. */
export type UseKind = (typeof useKinds)[number]

/** What something asks: fields as `object.field`, insights and segments as `kind:key`. */
export type Asked = ReadonlySet<string>

/** Something that is made of the model. */
export interface Use {
  readonly kind: UseKind
  readonly key: string
  readonly label: string
  readonly asks: Asked
}

/** How the name of a use is written where others ask it. */
export const nameOf = ({ kind, key }: Pick<Use, 'kind' | 'key'>): string => `${kind}:${key}`

/** Everything made of a field: what asks it itself first, then what asks those. */
export function usesOf(field: string, all: readonly Use[]): readonly Use[] {
  const found = new Map<string, Use>()
  let asked: readonly string[] = [field]
  while (asked.length > 0) {
    const next = all.filter(
      (use) => !found.has(nameOf(use)) && asked.some((name) => use.asks.has(name)),
    )
    for (const use of next) found.set(nameOf(use), use)
    asked = next.map(nameOf)
  }
  return [...found.values()]
}

// What people are reached by, as activations name it.
const contactFields: Readonly<Record<string, string>> = {
  email: 'contact_point_email.email_address',
  phone: 'contact_point_phone.telephone_number',
}

/** What a definition asks: of the object that it is on, of the rows that it names, of insights and of segments. */
export function askedIn(kind: UseKind, body: unknown, model: readonly ModelObjectFacts[]): Asked {
  const asked = new Set<string>()
  const on = subjectOf(kind, body)
  walk(body, { on, model, found: (name) => asked.add(name) })
  const reconciled = isBody(body) && isBody(body['reconcile']) ? body['reconcile']['fields'] : {}
  if (kind === 'ruleset' && isBody(reconciled))
    for (const field of Object.keys(reconciled)) asked.add(`${on}.${field}`)
  return asked
}

// An action is on the rows that it waits for; what it says of events and insights is no field of the model.
function subjectOf(kind: UseKind, body: unknown): string {
  if (!isBody(body)) return ''
  if (kind === 'action') return isBody(body['when']) ? textOf(body['when'], 'row') : ''
  return textOf(body, 'on') || 'individual'
}

interface Walk {
  readonly on: string
  readonly model: readonly ModelObjectFacts[]
  readonly found: (name: string) => void
}

function walk(value: unknown, of: Walk): void {
  if (Array.isArray(value)) for (const member of value) walk(member, of)
  if (!isBody(value)) return
  const rows = textOf(value, 'related') || textOf(value, 'object') || textOf(value, 'row')
  const inside = rows === '' ? of : { ...of, on: rows }
  for (const [name, member] of Object.entries(value)) {
    if (typeof member === 'string') tell(name, member, { inside, isOfRows: rows !== '' })
    else walk(member, inside)
  }
  const { waterfall } = value
  if (Array.isArray(waterfall)) for (const segment of waterfall) of.found(`segment:${segment}`)
}

function tell(
  name: string,
  said: string,
  { inside, isOfRows }: { inside: Walk; isOfRows: boolean },
): void {
  const { found, model } = inside
  if (name === 'field' || name === 'per' || (name === 'of' && isOfRows)) tellPath(said, inside)
  if (name === 'was') tellPath(said, inside)
  // Of a trigger it says what becomes of profiles.
  if (name === 'profile' && isFieldOfPeople(said, model)) found(`individual.${said}`)
  if (name === 'insight') found(`insight:${said.split('.')[0]}`)
  if (name === 'segment') found(`segment:${said}`)
  if (name === 'contact_point') found(contactFields[said] ?? said)
  if (name === 'formula' || name === 'filter' || name === 'where') tellFormula(said, inside)
}

const isFieldOfPeople = (name: string, model: readonly ModelObjectFacts[]): boolean =>
  model.some(({ key, fields }) => key === 'individual' && Object.hasOwn(fields, name))

/** A path leads over links: each step is a field of the object that the one before leads to. */
function tellPath(path: string, { on, model, found }: Walk): void {
  let object: string | undefined = on
  for (const field of path.split('.')) {
    if (object === undefined) return
    found(`${object}.${field}`)
    object = model.find(({ key }) => key === object)?.fields[field]?.links_to
  }
}

function tellFormula(formula: string, { on, model, found }: Walk): void {
  const fields = model.find(({ key }) => key === on)?.fields ?? {}
  for (const field of Object.keys(fields)) if (mentions(formula, field)) found(`${on}.${field}`)
}

/** What is read by a query, as the server tells it. */
export interface QueryRead {
  readonly relation: string
  readonly columns: readonly string[] | 'all'
}

/** What a query asks of the model and of insights; unified rows stand for those that they are made of. */
export function askedBySql(reads: readonly QueryRead[], model: readonly ModelObjectFacts[]): Asked {
  return new Set(
    reads.flatMap(({ relation, columns }) => {
      const key = relation.replace(/^unified_/, '')
      const object = model.find((of) => of.key === key)
      if (!object) return [`insight:${relation}`]
      const names = columns === 'all' ? Object.keys(object.fields) : columns
      return names.map((name) => `${key}.${name}`)
    }),
  )
}

const textOf = (of: Body, name: string): string => {
  const found = of[name]
  return typeof found === 'string' ? found : ''
}
