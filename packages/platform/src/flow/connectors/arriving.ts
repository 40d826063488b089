import { Fault } from '#kernel/fault.ts'
import { connectorFaults } from './faults.ts'

/** A file that is on its way from another machine. */
export interface Expected {
  readonly at: string
  readonly name: string
  readonly sizeBytes: number
}

/** The content of a file as it arrives; where the connection breaks off, the refusal says how far it had come. */
export async function* arriving(
  content: AsyncIterable<Uint8Array>,
  { at, name, sizeBytes }: Expected,
): AsyncGenerator<Uint8Array> {
  let arrived = 0
  try {
    for await (const piece of content) {
      arrived += piece.length
      yield piece
    }
  } catch (thrown) {
    if (!(thrown instanceof Fault) || thrown.status < 500) throw thrown
    const why = `${arrived} of ${sizeBytes} bytes of ${name} had arrived (${thrown.message})`
    throw connectorFaults.connection_lost({ at, why }, { cause: thrown })
  }
}
