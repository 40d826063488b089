import { createHash } from 'node:crypto'
import {
  type Batch,
  type Connector,
  defineConnector,
  type ReachingTools,
  type Reading,
} from '../../connector.ts'
import { type Caller, makeCaller, type Patience } from './caller.ts'
import { type HttpSettings, type HttpSource, httpDefinition } from './definition.ts'
import { makeProgress, type Progress } from './incremental.ts'
import { type Mask, makeMask } from './mask.ts'
import { offersOf } from './offers.ts'
import { requestFor, withParameter } from './request.ts'
import type { Tokens } from './tokens.ts'
import { walk } from './walk.ts'

/** What the connector for web APIs is given. */
export interface HttpTools extends ReachingTools {
  readonly patience?: Patience
  /** How many records make a batch; it ends with the page that reaches it. */
  readonly batchRecords?: number
}

const defaultPatience: Patience = {
  attempts: 6,
  firstMs: 1000,
  mostMs: 5 * 60_000,
  random: Math.random,
}

const batchRecords = 100_000
const batchCharacters = 64 * 1024 ** 2

/** Reads lists of JSON records from a web API, page by page. */
export function makeHttp(tools: HttpTools): Connector {
  const shared = { tokens: new Map() satisfies Tokens, pace: new Map<string, number>() }
  const open = (settings: HttpSettings, mask: Mask, signal: AbortSignal) =>
    makeCaller({ patience: defaultPatience, ...tools, ...shared, mask, signal }, settings)
  return defineConnector({
    ...httpDefinition,
    list: async ({ settings, signal }) =>
      offersOf(await open(settings, makeMask(), signal), settings),
    async *read(of) {
      const mask = makeMask()
      const call = await open(of.settings, mask, of.signal)
      yield* batchesOf({ ...of, call, mask, most: tools.batchRecords ?? batchRecords })
    },
  })
}

interface Reader extends Reading<HttpSettings, HttpSource> {
  readonly call: Caller
  readonly mask: Mask
  readonly most: number
}

/** What is handed over of a walk: records that were not seen before, or all that come, for the reader to find what is new. */
type Taking = 'what is new' | 'everything'

/** Records of one page; the cursor where it is safe to go on after them. */
interface Piece {
  readonly lines: readonly string[]
  readonly cursor: string | undefined
}

async function* batchesOf(of: Reader): AsyncGenerator<Batch> {
  const { hadStrays } = makeProgress(of.source.incremental, of.cursor)
  try {
    yield* batchesOfWalk(of, hadStrays ? 'everything' : 'what is new')
  } catch (thrown) {
    if (!(thrown instanceof NeedsEverything)) throw thrown
    yield* batchesOfWalk(of, 'everything')
  }
}

/** A walk for what is new has met records that may have come before, so that it has to begin again. Nothing of it was handed over. */
class NeedsEverything extends Error {}

async function* batchesOfWalk(of: Reader, taking: Taking): AsyncGenerator<Batch> {
  const { incremental } = of.source
  const progress = makeProgress(incremental, of.cursor)
  const pieces = recordsOf(of, progress, taking)
  let next = await pieces.next()
  const isDone = () => next.done === true
  for (let number = 1; !next.done; number++) {
    const hash = createHash('sha256')
    // One more of records that came before is another one. A walk that was cut begins where it began.
    if (incremental) hash.update(of.cursor ?? '')
    let cursor: string | undefined
    const lines = async function* () {
      let [records, characters] = [0, 0]
      while (!next.done && records < of.most && characters < batchCharacters) {
        const text = next.value.lines.map((line) => `${line}\n`).join('')
        records += next.value.lines.length
        characters += text.length
        cursor = next.value.cursor
        hash.update(text)
        yield text
        next = await pieces.next()
      }
    }
    const { path, sizeBytes } = await of.spool.write(lines(), of.signal)
    const isOver = isDone()
    if (taking === 'what is new' && number === 1 && mayMeetStrays(of, progress, isOver)) {
      await of.spool.remove(path)
      throw new NeedsEverything()
    }
    const fingerprint = hash.digest('base64url')
    // Only the last batch may say how far the walk got: records come in any order unless the source says otherwise.
    if (isOver) {
      progress.refuseLost()
      cursor = progress.cursor()
    }
    if (of.known(fingerprint)) {
      await of.spool.remove(path)
      continue
    }
    const file = {
      format: 'ndjson',
      path,
      sizeBytes,
      compressed: false,
      encoding: 'utf-8',
    } as const
    yield {
      name: nameOf(of.source, progress, number),
      fingerprint,
      file,
      origin: of.source.path,
      isWhole: incremental === undefined || taking === 'everything',
      isOnlyWithRest: incremental !== undefined && !incremental.sorted,
      ...(cursor ? { cursor } : {}),
    }
  }
}

/** Whether records have come, or may come with the rest, that came before though they were not asked for. Sorted ones come first. */
function mayMeetStrays({ cursor, source }: Reader, progress: Progress, isOver: boolean): boolean {
  if (cursor === undefined) return false
  return progress.hasStrays() || !(isOver || source.incremental?.sorted)
}

async function* recordsOf(
  of: Reader,
  progress: Progress,
  taking: Taking,
): AsyncGenerator<Piece, undefined> {
  const { paging = { kind: 'none' }, incremental, records } = of.source
  const plain = requestFor(of.settings, of.source)
  const start =
    incremental && progress.since !== undefined
      ? withParameter(plain, incremental.param, progress.since)
      : plain
  let [isAnswered, isEmpty] = [false, true]
  for await (const page of walk({ ...of, start, paging, records })) {
    const fresh = page.filter((record) => progress.isNew(record))
    const lines = taking === 'everything' ? page : fresh
    const cursor = incremental?.sorted ? progress.cursor() : undefined
    if (lines.length > 0) yield { lines, cursor }
    isAnswered = true
    isEmpty &&= lines.length === 0
  }
  // A list without records is all there is: a delivery of nothing, unless only more was asked for.
  const isAll = incremental === undefined || of.cursor === undefined
  if (isAnswered && isEmpty && isAll) yield { lines: [], cursor: undefined }
  return undefined
}

function nameOf({ path }: HttpSource, { since }: Progress, number: number): string {
  return `${path}${since === undefined ? '' : ` since ${since}`}, part ${number}`
}
