import { type Body, isBody } from './body.ts'
import { choicesIn, plainTypeIn } from './schema.ts'

/** How something of a schema is asked for. */
export type Shape =
  | 'secret'
  | 'choice'
  | 'number'
  | 'flag'
  | 'text'
  | 'texts'
  | 'one of'
  | 'members'
  | 'named'
  | 'list'

/** The shape of something; nothing for what may be anything. */
export function shapeOf(schema: Body): Shape | undefined {
  if (schema['x-secret'] === true) return 'secret'
  if (choicesIn(schema).length > 0) return 'choice'
  const options = optionsOf(schema)
  if (options.some((option) => !isPlain(option))) return 'one of'
  const plain = plainTypeIn(schema)
  if (plain !== undefined) return plain
  const { items, properties, patternProperties } = schema
  if (isBody(items)) return shapeOf(items) === 'text' ? 'texts' : 'list'
  if (isBody(patternProperties)) return 'named'
  return isBody(properties) ? 'members' : undefined
}

/** What something may be, when it may be one of several. */
export const optionsOf = ({ anyOf, oneOf }: Body): readonly Body[] =>
  [anyOf, oneOf].flatMap((of) => (Array.isArray(of) ? of.filter(isBody) : []))

/** The members of an object, without those that say which of several shapes it has. */
export const membersOf = (schema: Body): readonly (readonly [string, Body])[] =>
  Object.entries(bodyIn(schema['properties'])).flatMap(([name, member]) =>
    isBody(member) && member['const'] === undefined ? [[name, member] as const] : [],
  )

/** What members of any name hold. */
export const namedIn = (schema: Body): Body =>
  Object.values(bodyIn(schema['patternProperties'])).find(isBody) ?? {}

/** What one of several shapes is called: the word that it says of itself, else what it asks for, else what it is. */
export function nameOf(option: Body): string {
  const [word] = Object.values(wordsOf(option))
  const shape = shapeOf(option) ?? 'anything'
  if (word !== undefined || shape !== 'members') return word ?? shape
  const needed = membersOf(option).filter(([name]) => isRequired(option, name))
  return needed.map(([name]) => name).join(', ') || shape
}

/** Which of several shapes a value has. */
export function chosenOf(options: readonly Body[], value: unknown): Body | undefined {
  if (value === undefined) return undefined
  return options.find((option) => fits(option, value))
}

/** What something begins with when it is chosen. */
export function startOf(schema: Body): unknown {
  const shape = shapeOf(schema)
  if (shape === 'secret') return { secret: '' }
  if (shape === 'texts' || shape === 'list') return []
  if (shape === 'members' || shape === 'named') return wordsOf(schema)
  if (shape !== 'one of') return ''
  const [first] = optionsOf(schema)
  return first && startOf(first)
}

/** Whether a member has to be there. */
export const isRequired = (schema: Body, member: string): boolean =>
  Array.isArray(schema['required']) && schema['required'].includes(member)

function fits(option: Body, value: unknown): boolean {
  const shape = shapeOf(option)
  if (shape === 'secret') return isBody(value) && 'secret' in value
  if (shape === 'texts' || shape === 'list') return Array.isArray(value)
  if (shape !== 'members' && shape !== 'named') return !isBody(value) && !Array.isArray(value)
  if (!isBody(value)) return false
  const known = bodyIn(option['properties'])
  if (shape === 'members' && !Object.keys(value).every((name) => name in known)) return false
  return Object.entries(wordsOf(option)).every(([name, word]) => value[name] === word)
}

const isPlain = (schema: Body): boolean =>
  schema['x-secret'] !== true && plainTypeIn(schema) !== undefined

// The members that hold one word and no other: they tell shapes apart.
const wordsOf = (schema: Body): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(bodyIn(schema['properties'])).flatMap(([name, member]) => {
      const word = isBody(member) ? member['const'] : undefined
      return typeof word === 'string' ? [[name, word]] : []
    }),
  )

const bodyIn = (value: unknown): Body => (isBody(value) ? value : {})
