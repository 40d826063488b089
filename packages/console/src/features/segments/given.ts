import { createContext, useContext } from 'react'
import { type Body, bodyAt, isBody } from '../../lib/body.ts'

/** A value that is given later, as a segment defines it. */
export interface Parameter {
  readonly name: string
  readonly label: string
  readonly type: string
  readonly isList: boolean
  readonly otherwise: unknown
}

/** The parameters of a segment. */
export const parametersIn = (body: Body): readonly Parameter[] =>
  Object.entries(bodyAt(body, ['parameters'])).map(([name, of]) => {
    const { label, type, list, default: otherwise } = isBody(of) ? of : {}
    return {
      name,
      label: typeof label === 'string' && label !== '' ? label : `$${name}`,
      type: typeof type === 'string' ? type : 'text',
      isList: list === true,
      otherwise,
    }
  })

/** Of what was given, that which the parameters know. */
export const knownOf = (given: Body, parameters: readonly Parameter[]): Body =>
  Object.fromEntries(
    parameters.flatMap(({ name }) => (given[name] === undefined ? [] : [[name, given[name]]])),
  )

/** The parameters that have no value yet, neither given nor of their own. */
export const missingIn = (given: Body, parameters: readonly Parameter[]): readonly Parameter[] =>
  parameters.filter(({ name, otherwise }) => given[name] === undefined && otherwise === undefined)

/** The same definition with a parameter called otherwise, wherever its value stands. */
export function withParameterName(body: Body, from: string, to: string): Body {
  const renamed = (of: unknown): unknown => {
    if (of === `$${from}`) return `$${to}`
    if (Array.isArray(of)) return of.map(renamed)
    if (!isBody(of)) return of
    return Object.fromEntries(Object.entries(of).map(([name, member]) => [name, renamed(member)]))
  }
  const { parameters, ...rest } = body
  const entries = Object.entries(isBody(parameters) ? parameters : {}).map(([name, of]) => [
    name === from ? to : name,
    of,
  ])
  return { ...bodyOf(renamed(rest)), parameters: Object.fromEntries(entries) }
}

const bodyOf = (of: unknown): Body => (isBody(of) ? of : {})

/** What was given for the parameters of a draft, and the way to give something else. */
export interface Givings {
  readonly given: Body
  readonly give: (given: Body) => void
}

const GivenContext = createContext<Givings>({ given: {}, give: () => {} })

/** Hands what was given to all that is asked with it. */
export const GivenProvider = GivenContext.Provider

/** What is given for the parameters of the draft. */
export const useGiven = (): Givings => useContext(GivenContext)
