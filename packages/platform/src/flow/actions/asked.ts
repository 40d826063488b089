import type { Draft, Part } from '#engine'
import type { Problem } from '#kernel/fault.ts'
import type { FieldType } from '#kernel/scalar.ts'
import { type Condition, compile, problemsOfMembership, type Subjects } from '#segments'

/** The fields that a condition may ask, with their types. */
export type AskedFields = Readonly<Record<string, FieldType>>

const subjectsOf = (person: AskedFields, on: string): Subjects => ({
  on,
  person,
  model: new Map(),
  objects: new Map(),
  insights: new Map(),
  segments: new Map(),
})

/** What is wrong with a condition on these fields; places begin at `at`. */
export const problemsOfCondition = (
  condition: Condition,
  { fields, on }: { readonly fields: AskedFields; readonly on: string },
  at: string,
): readonly Problem[] =>
  problemsOfMembership({ include: condition }, subjectsOf(fields, on)).map((problem) => ({
    ...problem,
    at: problem.at.replace(/^include/, at),
  }))

/** The rows for which a condition holds, as a query with one column `profile`: what stands so in `rows`. */
export const matching = (
  condition: Condition,
  of: { readonly fields: AskedFields; readonly rows: Part; readonly now: Date },
): Draft =>
  compile(
    { include: condition },
    {
      subjects: subjectsOf(of.fields, 'event'),
      columns: () => new Set(Object.keys(of.fields)),
      now: of.now,
      instead: { people: of.rows, rows: () => of.rows, members: () => of.rows },
    },
  )

/** Holds for every row. */
export const everyRow: Condition = { all: [] }
