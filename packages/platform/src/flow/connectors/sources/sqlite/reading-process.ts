import { DatabaseSync, type SQLOutputValue, type StatementSync } from 'node:sqlite'
import { type Answer, type Asked, exactColumn, type Question, type Result } from './messages.ts'

// Runs in a process of its own: only a process can be ended while SQLite is thinking.

type Cell = SQLOutputValue
type Rows = Iterator<readonly Cell[]>

/** Bytes that are no text. */
class NotText extends Error {
  readonly column: string

  constructor(column: string) {
    super('the bytes are not text')
    this.column = column
  }
}

const nothing: Result = { columns: [], rows: [], isLast: true }
const waitMs = 5000
// About how much is handed over at once.
const chunkLength = 4 * 1024 ** 2

let database: DatabaseSync | undefined
let decoder = new TextDecoder()
let selected: { readonly rows: Rows; readonly exact: readonly (string | undefined)[] } | undefined

process.on('message', (question: Question) => void process.send?.(answerTo(question)))
process.on('disconnect', () => {
  selected = undefined
  database?.close()
})

function answerTo(question: Question): Answer {
  try {
    return { result: resultOf(question) }
  } catch (thrown) {
    const message = thrown instanceof Error ? thrown.message : String(thrown)
    if (thrown instanceof NotText) return { refusal: { message, notText: thrown.column } }
    const errcode = thrown instanceof Error && 'errcode' in thrown ? Number(thrown.errcode) : 1
    return { refusal: { message, errcode } }
  }
}

function resultOf(question: Question): Result {
  switch (question.kind) {
    case 'open':
      open(question.path)
      return nothing
    case 'describe':
      return { ...nothing, columns: columnsOf(prepared(question.sql)) }
    case 'select':
      selected = select(question)
      return nothing
    case 'next':
      return next(question.mostRows)
  }
}

function open(path: string): void {
  database = new DatabaseSync(path, { readOnly: true, timeout: waitMs })
  // The file is somebody else's: what its views call must be harmless.
  database.exec('pragma trusted_schema = off; begin')
  // The moment that is seen is that of the first look.
  prepared('select count(*) from sqlite_schema').get()
  const encoding = String(prepared('pragma encoding').get()?.['encoding'])
  decoder = new TextDecoder(encoding, { fatal: true, ignoreBOM: true })
}

function prepared(sql: string): StatementSync {
  if (!database) throw new Error('no database is open')
  const statement = database.prepare(sql)
  // SQLite takes the first statement and forgets what comes after it.
  if (statement.sourceSQL.length < sql.length) throw new Error('only one statement can be asked')
  return statement
}

const columnsOf = (statement: StatementSync) =>
  statement.columns().map(({ name, type }) => ({ name, type }))

function select({ sql, values }: Asked) {
  const statement = prepared(sql)
  statement.setReadBigInts(true)
  statement.setReturnArrays(true)
  const exact = columnsOf(statement).map(({ name }) => exactColumn(name))
  // The driver's types do not know that rows come as lists now.
  const rows = statement.iterate(...values) as Iterator<unknown> as Rows
  return { rows, exact }
}

function next(mostRows: number): Result {
  if (!selected) throw new Error('nothing is selected')
  const { rows, exact } = selected
  const found: (string | null)[][] = []
  let length = 0
  while (found.length < mostRows && length < chunkLength) {
    const { done, value } = rows.next()
    if (done) return { ...nothing, rows: found }
    const row = value.map((cell: Cell, i: number) => written(cell, exact[i]))
    for (const text of row) length += text?.length ?? 0
    found.push(row)
  }
  return { ...nothing, rows: found, isLast: false }
}

function written(cell: Cell, column: string | undefined): string | null {
  if (cell === null) return null
  return column === undefined ? markOf(cell) : textOf(cell, column)
}

/** A value as it is handed over. */
function textOf(cell: NonNullable<Cell>, column: string): string {
  if (typeof cell === 'string') return Buffer.from(cell, 'hex').toString('base64')
  if (!(cell instanceof Uint8Array)) return String(cell)
  try {
    return decoder.decode(cell)
  } catch {
    throw new NotText(column)
  }
}

/** A value with its kind, because 5 and '5' are not the same to SQLite. */
function markOf(cell: NonNullable<Cell>): string {
  if (typeof cell === 'bigint') return `integer ${cell}`
  if (typeof cell === 'number') return `real ${cell}`
  if (typeof cell === 'string') return `text ${cell}`
  return `blob ${Buffer.from(cell).toString('hex')}`
}
