import type { Chunk, EventLog } from '#log'

/** A line of the log in its parts. */
export interface Line {
  readonly position: number
  /** In milliseconds since 1970. */
  readonly at: number
  readonly stream: string
  readonly kind: string
  readonly body: string
}

type Reading = Pick<EventLog, 'read'>

const stepBytes = 4 * 1024 ** 2

/** The line at a position; nothing when there is none, or the log no longer keeps it. */
export async function lineAt(log: Reading, position: number): Promise<Line | undefined> {
  const chunks = await log.read(position - 1, { maxBytes: 1, upTo: position })
  return chunks.flatMap(linesOf).find((line) => line.position === position)
}

/** The lines of a stretch of the log, both ends included, in their order; only as much at once as one step reads. */
export async function* linesBetween(
  log: Reading,
  { from, to }: { readonly from: number; readonly to: number },
): AsyncGenerator<Line> {
  for (let after = from - 1; after < to; ) {
    const chunks = await log.read(after, { maxBytes: stepBytes, upTo: to })
    if (chunks.length === 0) return
    for (const chunk of chunks)
      for (const line of linesOf(chunk))
        if (line.position > after && line.position <= to) yield line
    after = chunks.at(-1)?.last ?? to
  }
}

function linesOf({ lines }: Chunk): readonly Line[] {
  return Buffer.from(lines.buffer, lines.byteOffset, lines.byteLength)
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map(lineFrom)
}

function lineFrom(text: string): Line {
  const [position, at, stream = '', kind = '', ...body] = text.split('\t')
  return { position: Number(position), at: Number(at), stream, kind, body: body.join('\t') }
}
