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

/** Records of one page that were not seen before; the cursor where it is safe to go on after them. */
interface Piece {
  readonly lines: readonly string[]
  readonly cursor: string | undefined
}

async function* batchesOf(of: Reader): AsyncGenerator<Batch> {
  const progress = makeProgress(of.source.incremental, of.cursor)
  const pieces = newRecords(of, progress)
  let next = await pieces.next()
  for (let number = 1; !next.done; number++) {
    const hash = createHash('sha256')
    // One more of records that came before is another one. A walk that was cut begins where it began.
    if (of.source.incremental) hash.update(of.cursor ?? '')
    let cursor: string | undefined
    const lines = async function* () {
      let [records, characters] = [0, 0]
      while (!next.done && records < of.most && characters < batchCharacters) {
        const text = `${next.value.lines.join('\n')}\n`
        records += next.value.lines.length
        characters += text.length
        cursor = next.value.cursor
        hash.update(text)
        yield text
        next = await pieces.next()
      }
    }
    const { path, sizeBytes } = await of.spool.write(lines(), of.signal)
    const fingerprint = hash.digest('base64url')
    // Only the last batch may say how far the walk got: records come in any order unless the source says otherwise.
    cursor = next.done ? progress.cursor() : cursor
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
      isWhole: of.source.incremental === undefined,
      isOnlyWithRest: of.source.incremental !== undefined && !of.source.incremental.sorted,
      ...(cursor ? { cursor } : {}),
    }
  }
}

async function* newRecords(of: Reader, progress: Progress): AsyncGenerator<Piece, undefined> {
  const { paging = { kind: 'none' }, incremental, records } = of.source
  const plain = requestFor(of.settings, of.source)
  const start =
    incremental && progress.since !== undefined
      ? withParameter(plain, incremental.param, progress.since)
      : plain
  for await (const page of walk({ ...of, start, paging, records })) {
    const lines = page.filter((record) => progress.isNew(record))
    const cursor = incremental?.sorted ? progress.cursor() : undefined
    if (lines.length > 0) yield { lines, cursor }
  }
  return undefined
}

function nameOf({ path }: HttpSource, { since }: Progress, number: number): string {
  return `${path}${since === undefined ? '' : ` since ${since}`}, part ${number}`
}
