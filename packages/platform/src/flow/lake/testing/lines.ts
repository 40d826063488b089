import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Engine } from '#engine'
import { takeEvents } from '../events.ts'
import type { EventCounts, StreamShape } from '../shape.ts'

/** A line of a log: its stream, its kind, and its body as JSON or as text that may be none. */
export type Told = readonly [stream: string, kind: string, body: object | string]

/** Lines at the end of a log that grows by a line a second. */
export interface Lines {
  readonly path: string
  readonly from: number
  readonly to: number
}

/** When the logs of these tests begin. */
export const logStart = Date.UTC(2026, 0, 1, 10)

/** A stream that takes events, with what is said of it. */
export const shapeOf = (key: string, more: Partial<StreamShape> = {}): StreamShape => ({
  key,
  mode: 'append',
  primaryKey: [],
  fields: [],
  ...more,
})

/** A log whose lines are files in a folder of the engine. */
export function testLog(engine: Engine, folder: string) {
  let head = 0
  let files = 0
  const write = (lines: readonly Told[]): Lines => {
    const from = head + 1
    const path = join(folder, `lines${++files}.txt`)
    const text = lines.map(([stream, kind, body]) => {
      const json = typeof body === 'string' ? body : JSON.stringify(body)
      head++
      return `${head}\t${logStart + head * 1000}\t${stream}\t${kind}\t${json}\n`
    })
    writeFileSync(path, text.join(''))
    return { path, from, to: head }
  }
  const take = (
    shapes: readonly StreamShape[],
    lines: Lines,
  ): Promise<ReadonlyMap<string, EventCounts>> =>
    takeEvents(engine, {
      ...lines,
      shapes,
      at: new Date(logStart + lines.to * 1000),
      signal: AbortSignal.timeout(20_000),
    })
  return {
    write,
    take,
    /** Writes lines and takes them. */
    arrive: (shapes: readonly StreamShape[], ...lines: readonly Told[]) =>
      take(shapes, write(lines)),
    head: () => head,
  }
}
