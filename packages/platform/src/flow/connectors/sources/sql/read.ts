import { createHash } from 'node:crypto'
import type { Clock } from '#kernel/clock.ts'
import type { Batch, Reading } from '../../connector.ts'
import { connectorFaults } from '../../faults.ts'
import { type BatchLimits, batchesOf, emptyFile, headerOf } from './batches.ts'
import type { Session } from './database.ts'
import type { SqlSource } from './definition.ts'
import { type Follower, follow, followUnique, type Position, readPosition } from './position.ts'
import { type Cursor, openRelation, type Relation } from './relation.ts'
import { selectAll, selectBeyond, selectUnplaced } from './statements.ts'

/** What reading from any database needs beside what is to be read. */
export interface SqlReading extends Omit<Reading<unknown, SqlSource>, 'settings'> {
  readonly open: () => Promise<Session>
  /** What a person calls the server. */
  readonly at: string
  readonly clock: Clock
  readonly limits: BatchLimits
}

/** Reads a table or a query: everything, or what is beyond the cursor. */
export async function* readSql(of: SqlReading): AsyncGenerator<Batch> {
  const stamp = of.clock.now().toISOString()
  // Nobody can tell whether a table has changed; so what is there now is another thing every time.
  if (of.source.cursor === undefined && of.known(stamp)) return
  const session = await of.open()
  try {
    const relation = await openRelation(session, of.source, of.at)
    const { columns } = relation
    const reading = { ...of, session, relation, columns, stamp }
    if (relation.cursor) yield* readBeyond(reading, relation.cursor)
    else yield* readAll(reading)
  } finally {
    await session.close()
  }
}

interface Open extends SqlReading {
  readonly session: Session
  readonly relation: Relation
  readonly columns: Relation['columns']
  readonly stamp: string
}

async function* readAll(of: Open): AsyncGenerator<Batch> {
  const { relation, session, stamp } = of
  const rows = session.rows(selectAll(relation))
  let n = 0
  for await (const { file } of batchesOf(of, rows, () => true)) {
    yield { ...partOf(relation, ++n), fingerprint: `${stamp} ${n}`, file, isWhole: true }
  }
  if (n === 0) yield { ...partOf(relation, 1), fingerprint: stamp, file: await emptyFile(of) }
}

async function* readBeyond(of: Open, cursor: Cursor): AsyncGenerator<Batch> {
  const { relation, session, source, spool, known } = of
  const overlap = overlapOf(source, cursor)
  const position = readPosition(of.cursor, cursor.name)
  const follower = followerOf(of, cursor, { position, overlap })
  const rows = session.rows(selectBeyond(session, relation, { cursor, position, overlap }))
  const begin = `${of.cursor ?? ''}${position && overlap ? of.stamp : ''}`
  let n = 0
  for await (const { file, digest, isLast } of batchesOf(of, rows, follower.take)) {
    const fingerprint = digestOf(begin + digest)
    // The overlap is as it was, and nothing lies beyond it.
    const isTheSame = n === 0 && isLast && overlap !== undefined && position?.digest === digest
    if (isTheSame || known(fingerprint)) {
      await spool.remove(file.path)
      n++
      continue
    }
    const reached = { ...follower.position(), ...(overlap === undefined ? {} : { digest }) }
    yield {
      ...partOf(relation, ++n),
      fingerprint,
      file,
      cursor: JSON.stringify(reached),
      isWhole: position !== undefined && isTakenAgain(of, cursor, { position, overlap }),
    }
  }
  if (n === 0 && position === undefined) yield* nothingYet(of)
  await refuseUnplaced(of, cursor)
}

/**
 * Whether rows are handed over that came before: the overlap brings them, and so does a value that too many rows have. Only with
 * their cursor they can be told from older rows that hold the same; otherwise they rather come twice than not at all.
 */
function isTakenAgain(
  { columns }: Open,
  { name, isUnique }: Cursor,
  { position, overlap }: { readonly position: Position; readonly overlap: number | undefined },
): boolean {
  const isBrought = overlap !== undefined || (!isUnique && position.same === undefined)
  return isBrought && columns.some((column) => column.name === name)
}

const partOf = ({ name }: Relation, n: number) => ({ name: `${name} ${n}`, origin: name })

function overlapOf({ overlap }: SqlSource, { name, order }: Cursor): number | undefined {
  if (overlap === undefined || order.before) return overlap
  throw connectorFaults.unfit_cursor({ column: name, why: 'an overlap needs a time or a number' })
}

function followerOf(
  { columns: found }: Open,
  cursor: Cursor,
  { position, overlap }: { position: ReturnType<typeof readPosition>; overlap: number | undefined },
): Follower {
  const columns = found.map(({ name }) => name)
  // What lies in the overlap is handed over again as it is now.
  const start = overlap === undefined ? position : undefined
  const following = { columns, cursor: cursor.name, start }
  return cursor.isUnique ? followUnique(following) : follow(following)
}

/** An empty table has columns all the same. */
async function* nothingYet(of: Open): AsyncGenerator<Batch> {
  const fingerprint = digestOf(headerOf(of.columns))
  if (of.known(fingerprint)) return
  yield { ...partOf(of.relation, 1), fingerprint, file: await emptyFile(of) }
}

async function refuseUnplaced({ session, relation }: Open, cursor: Cursor): Promise<void> {
  for await (const rows of session.rows(selectUnplaced(relation, cursor))) {
    if (rows.length === 0) continue
    throw connectorFaults.rows_without_cursor({ of: relation.name, column: cursor.name })
  }
}

const digestOf = (text: string) => createHash('sha256').update(text).digest('base64url')
