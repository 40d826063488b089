import type { Batch, PayloadRow } from '../../destination.ts'

type Rows = AsyncIterable<readonly PayloadRow[]>

/** Cuts members into lists of so many, each of which is to be read before the next is asked for. */
export async function* splitRows(rows: Batch['rows'], size: number): AsyncGenerator<Rows> {
  const pieces = rows()[Symbol.asyncIterator]()
  let rest: readonly PayloadRow[] = []
  let isOver = false
  const fill = async () => {
    while (rest.length === 0 && !isOver) {
      const next = await pieces.next()
      if (next.done) isOver = true
      else rest = next.value
    }
    return rest.length > 0
  }
  async function* some(): AsyncGenerator<readonly PayloadRow[]> {
    let left = size
    while (left > 0 && (await fill())) {
      const taken = rest.slice(0, left)
      rest = rest.slice(taken.length)
      left -= taken.length
      yield taken
    }
  }
  // That there is nobody is a file too.
  do yield some()
  while (await fill())
}
