import type { Row } from './engine.ts'
import type { TableName } from './expression.ts'

/** Answers that are given again until a table that they were read from changes. */
export interface Kept {
  /** The rows of a question, as they were kept or as `ask` finds them. */
  readonly rows: (
    of: { readonly question: string; readonly tables: readonly TableName[] },
    ask: () => Promise<readonly Row[]>,
  ) => Promise<readonly Row[]>
  /** Tables were changed: whatever was read from them is asked anew. */
  readonly changed: (tables: readonly TableName[]) => void
  /** In this schema tables were made, renamed or went. */
  readonly reshaped: (schema: string) => void
}

interface Answer {
  /** Of the tables, as they were before they were read. */
  readonly state: string
  readonly rows: Promise<readonly Row[]>
}

/** How many answers are kept; those that were asked for longest ago go. */
const most = 10_000

/** Keeps nothing yet. */
export function makeKept(): Kept {
  const answers = new Map<string, Answer>()
  const changes = new Map<string, number>()
  const changesOf = (table: TableName) =>
    `${changes.get(nameOf(table)) ?? 0} ${changes.get(table.schema) ?? 0}`
  const watched = new Set<string>()
  const note = (name: string) => changes.set(name, (changes.get(name) ?? 0) + 1)
  return {
    rows: ({ question, tables }, ask) => {
      for (const table of tables) watched.add(nameOf(table))
      const state = tables.map(changesOf).join()
      const known = answers.get(question)
      answers.delete(question)
      const answer = known?.state === state ? known : { state, rows: ask() }
      answers.set(question, answer)
      answer.rows.catch(() => {
        if (answers.get(question) === answer) answers.delete(question)
      })
      const oldest = answers.size > most ? answers.keys().next() : undefined
      if (oldest?.value !== undefined) answers.delete(oldest.value)
      return answer.rows
    },
    changed: (tables) => {
      for (const name of new Set(tables.map(nameOf))) if (watched.has(name)) note(name)
    },
    reshaped: note,
  }
}

const nameOf = ({ schema, name }: TableName): string => `${schema}.${name}`.toLowerCase()
