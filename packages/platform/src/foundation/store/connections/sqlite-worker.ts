import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { parentPort, workerData } from 'node:worker_threads'
import type { Answer, Cell, Question, Result, Sent } from './messages.ts'

// Runs in a thread of its own, so that no fsync is waited for on the thread that serves HTTP.

const mostStatements = 300
const nothing: Result = { rows: [], changes: 0, lastId: 0 }
const database = new DatabaseSync(String(workerData), { timeout: 5000 })
const statements = new Map<string, { statement: StatementSync; givesRows: boolean }>()

database.exec(`
  pragma journal_mode = wal;
  pragma synchronous = full;
  pragma foreign_keys = on;
  pragma trusted_schema = off;
`)

parentPort?.on('message', (sent: Sent) => {
  parentPort?.postMessage(answerTo(sent))
  if (sent.kind === 'close') parentPort?.close()
})

function answerTo(sent: Sent): Answer {
  try {
    return { id: sent.id, result: resultOf(sent) }
  } catch (thrown) {
    return { id: sent.id, error: errorOf(thrown) }
  }
}

function resultOf(question: Question): Result {
  switch (question.kind) {
    case 'query':
      if (question.within === 'transaction' && !database.isTransaction)
        throw new Error('the transaction was rolled back by an earlier error')
      return query(question.sql, question.values)
    case 'script':
      database.exec(question.sql)
      return nothing
    case 'rollback':
      // After a full disk SQLite may have rolled back by itself.
      if (database.isTransaction) database.exec('rollback')
      return nothing
    case 'close':
      statements.clear()
      database.close()
      return nothing
  }
}

function query(sql: string, values: readonly Cell[]): Result {
  const { statement, givesRows } = prepared(sql)
  if (givesRows) {
    // SQLite's cells are exactly these types.
    return { ...nothing, rows: statement.all(...values) as Record<string, Cell>[] }
  }
  const { changes, lastInsertRowid } = statement.run(...values)
  return { rows: [], changes: Number(changes), lastId: Number(lastInsertRowid) }
}

// Keeps the statements used last: a statement that is used moves to the end, the first is the oldest.
function prepared(sql: string) {
  const known = statements.get(sql)
  if (known) statements.delete(sql)
  const statement = known?.statement ?? database.prepare(sql)
  const entry = known ?? { statement, givesRows: statement.columns().length > 0 }
  statements.set(sql, entry)
  const [oldest] = statements.keys()
  if (statements.size > mostStatements && oldest !== undefined) statements.delete(oldest)
  return entry
}

function errorOf(thrown: unknown) {
  const message = thrown instanceof Error ? thrown.message : String(thrown)
  const errcode =
    thrown instanceof Error && 'errcode' in thrown ? Number(thrown.errcode) : undefined
  return { message, errcode }
}
