import { column, every, sql } from '#engine'
import { columnNames } from '#kernel/names.ts'
import {
  type BatchFile,
  batchCountsOf,
  fieldsOf,
  judged,
  type LakeField,
  mendedFingerprint,
  originOfRejected,
  take,
} from '#lake'
import { contractOf, judgeOf, type StreamDefinition, withNeeded } from '#streams'
import type { RetryResult } from './api.ts'
import { recordIn, type Values } from './mended-record.ts'
import type { Mended, RetryTools } from './retry.ts'

interface Place {
  readonly stream: string
  readonly body: StreamDefinition
  readonly signal: AbortSignal
}

/** Takes mended records of files, each as a small file of its own, so that each is there once or not at all. */
export async function retryRecords(
  tools: RetryTools,
  of: Place,
  mended: readonly Mended[],
): Promise<readonly RetryResult[]> {
  const results: RetryResult[] = []
  for (const one of mended) {
    of.signal.throwIfAborted()
    results.push(await retryRecord(tools, of, one))
  }
  return results
}

async function retryRecord(tools: RetryTools, of: Place, one: Mended): Promise<RetryResult> {
  const { id } = one.reject
  const known = await fieldsOf(tools.engine, of.stream)
  const record = recordIn(one.body, known.filter(isOwn))
  if (!record)
    return {
      id,
      status: 'rejected',
      reason: 'its values cannot be told apart; send it as an object, by the names of its fields',
    }
  const fingerprint = mendedFingerprint(id)
  const position = Number(id)
  const origin = await originOfRejected(tools.engine, { stream: of.stream, position })
  const was = await batchCountsOf(tools.engine, { stream: of.stream, fingerprint })
  if (was) return { id, status: 'duplicate' }
  const { path } = await tools.spool.write(lineOf(record), of.signal)
  try {
    const fields = fieldsFor(record, known, of.body)
    const file: BatchFile = {
      name: `mended: ${one.reject.file}, record ${one.reject.record}`,
      fingerprint,
      file: { format: 'ndjson', path, compressed: false },
      fields,
      ...(origin === undefined ? {} : { origin }),
    }
    const reason = await problemWith(tools, of, { file, known })
    return reason === undefined
      ? await takeOne(tools, of, { id, file, known })
      : { id, status: 'rejected', reason }
  } finally {
    await tools.spool.remove(path)
  }
}

async function* lineOf(record: Values): AsyncGenerator<string> {
  yield `${JSON.stringify(record)}\n`
}

/** Whether a field is one that files have, and not one that was made for what does not fit. */
const isOwn = ({ sideOf }: LakeField) => sideOf === undefined

interface Arriving {
  readonly file: BatchFile
  readonly known: readonly LakeField[]
}

/** Why a record still cannot be taken; looked at beforehand, so that what is wrong stays on the list once. */
async function problemWith(
  tools: RetryTools,
  of: Place,
  { file, known }: Arriving,
): Promise<string | undefined> {
  const { engine } = tools
  const { body, signal } = of
  const strangers = file.fields.filter(({ name }) => !known.some((field) => field.name === name))
  if (known.length > 0 && strangers.length > 0)
    return `the stream has no field ${strangers.map(({ label }) => `"${label}"`).join(', ')}`
  const keyNames = body.primary_key ?? []
  const names = file.fields.map(({ name }) => name)
  const lenient =
    conflictIn(body) === 'reject' ? [] : names.filter((name) => !keyNames.includes(name))
  const { fields } = file
  const judge = judgeAsked(tools, of)
  return engine.load({ file: file.file, fields, lenient, signal }, (all) =>
    judged(engine, { judge, fields, loaded: all, signal }, async (loaded) => {
      if (loaded.rejectedRows > 0) {
        const [row] = await engine.rows(sql`select reason from ${loaded.rejected}`)
        return String(row?.['reason'])
      }
      const keys = keyNames.map((name) => sql`${column(name)} is not null`)
      const [whole] = await engine.rows(
        sql`select count(*) as n from ${loaded.table} where ${every(keys)}`,
      )
      return Number(whole?.['n']) === 1 ? undefined : `the key (${keyNames.join(', ')}) is empty`
    }),
  )
}

/** What is asked of a record is what was asked of the file that it came in. */
const judgeAsked = ({ collecting }: RetryTools, { stream, body }: Place) =>
  judgeOf(withNeeded(contractOf(body), collecting.intake.targetOf(stream)?.needed ?? []))

async function takeOne(
  tools: RetryTools,
  of: Place,
  { id, file, known }: Arriving & { readonly id: string },
): Promise<RetryResult> {
  const { engine, now } = tools
  const { stream, body, signal } = of
  const { unchanged } = await take(engine, {
    stream,
    // One record is never all there is, also where whole files are.
    mode: body.mode === 'append' ? 'append' : 'upsert',
    primaryKey: body.primary_key ?? [],
    known,
    onConflict: conflictIn(body),
    judge: judgeAsked(tools, of),
    files: only(file),
    at: now(),
    signal,
  })
  return { id, status: unchanged > 0 ? 'unchanged' : 'stored' }
}

const conflictIn = ({ contract }: StreamDefinition) => contract?.conflict ?? 'side'

async function* only<T>(item: T): AsyncGenerator<T> {
  yield item
}

/** All fields of the stream with the types they are to have, and those of the record that it does not have. */
function fieldsFor(
  record: Values,
  known: readonly LakeField[],
  { fields: pinned = {} }: StreamDefinition,
): readonly LakeField[] {
  const strangers = Object.keys(record).filter((said) => !known.some(({ label }) => label === said))
  const names = columnNames(strangers)
  return [
    ...known.filter(isOwn),
    ...strangers.map((label, i): LakeField => {
      const name = names[i] ?? label
      return { label, name, type: pinned[name]?.type ?? 'text' }
    }),
  ]
}
