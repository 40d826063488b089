import type { DefinitionPlan } from '@tessera/platform/contract'
import { createContext, useContext } from 'react'
import { type Body, isBody, type Path, placeOf, textAt, valueAt, withValue } from './body.ts'
import type { ModelObject } from './definitions.ts'
import { membersAt } from './schema.ts'
import { texts } from './texts.ts'

/** What every part of the form of a definition works with. */
export interface Form {
  readonly body: Body
  readonly objects: readonly ModelObject[]
  /** What such a definition may hold; nothing until it is known. */
  readonly schema: Body | undefined
  readonly problems: DefinitionPlan['problems']
  readonly change: (body: Body) => void
}

const FormContext = createContext<Form | undefined>(undefined)

/** Hands a form to its parts. */
export const FormProvider = FormContext.Provider

/** The form that a part stands in. */
export function useForm(): Form {
  const form = useContext(FormContext)
  if (!form) throw new Error('this part stands outside a form')
  return form
}

/** Writes a value into a place; `undefined` takes it away. */
export const put = ({ body, change }: Form, path: Path, value: unknown): void =>
  change(withValue(body, path, value))

/** What speaks against the value in a place, if anything does. */
export function problemAt({ body, problems }: Form, path: Path): string | undefined {
  const place = placeOf(path)
  const said = problems.filter((problem) => problem.path === place).map(({ say }) => say)
  if (said.length === 0) return undefined
  // What was not chosen yet has the wrong form too; that helps nobody.
  return valueAt(body, path) === '' ? texts.editor.missing : said.join('; ')
}

/** The schema of a member. */
export const schemaOf = ({ schema }: Form, path: Path, member: string): Body | undefined =>
  membersAt(schema, path).get(member)

/** One thing that can be chosen. */
export interface Option {
  readonly value: string
  readonly label: string
}

/** The fields of an object. */
export function fieldOptions({ objects }: Form, object: string): readonly Option[] {
  const fields = objects.find(({ key }) => key === object)?.fields ?? {}
  return Object.entries(fields).map(([value, { label }]) => ({ value, label: label ?? value }))
}

/** Options with one for the value that is there, so that what nobody knows is shown as well. */
export const withCurrent = (options: readonly Option[], value: string): readonly Option[] =>
  value === '' || options.some((option) => option.value === value)
    ? options
    : [...options, { value, label: value }]

/** The name of a member, in words. */
export const inWords = (name: string): string => {
  const said = name.replaceAll('_', ' ')
  return said.charAt(0).toUpperCase() + said.slice(1)
}

/** A definition as something that can be chosen, by its name. */
export const definedOption = ({
  key,
  body,
}: {
  readonly key: string
  readonly body?: unknown
}): Option => ({ value: key, label: (isBody(body) && textAt(body, ['label'])) || key })
