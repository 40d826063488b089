import type { Chunk, EventLog } from '../event-log.ts'

/** A line of the log in its parts. */
export interface Line {
  readonly position: number
  readonly at: number
  readonly stream: string
  readonly kind: string
  readonly body: string
}

/** The lines of chunks. */
export const linesOf = (chunks: readonly Chunk[]): readonly Line[] =>
  chunks.flatMap(({ lines }) =>
    new TextDecoder()
      .decode(lines)
      .split('\n')
      .slice(0, -1)
      .map((line) => {
        const [position, at, stream = '', kind = '', body = ''] = line.split('\t')
        return { position: Number(position), at: Number(at), stream, kind, body }
      }),
  )

/** Everything that can be read, from the beginning. */
export async function allLines(log: Pick<EventLog, 'read'>): Promise<readonly Line[]> {
  const lines: Line[] = []
  for (let after = 0; ; ) {
    const chunks = await log.read(after, { maxBytes: 4 * 1024 * 1024 })
    if (chunks.length === 0) return lines
    lines.push(...linesOf(chunks))
    after = chunks.at(-1)?.last ?? after
  }
}
