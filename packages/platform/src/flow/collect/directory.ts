import type { Takes } from '#connectors/definition'
import type { StreamShape } from '#lake'
import type { Message, Source, Target } from './collect.ts'
import { type Contract, checkOf, unknownIn } from './contract.ts'
import type { Directory } from './intake.ts'
import type { WriteKey } from './write-keys.ts'

/** A stream that receives, as it is defined. */
export interface LiveStream {
  readonly key: string
  readonly connection: string
  /** Of senders of events: what of them the stream takes. */
  readonly takes?: Takes
  readonly sender: Source['sender']
  readonly contract?: Contract
  /** The labels of fields, besides those of the key, that need a value in every row of a file. */
  readonly needed?: readonly string[]
  readonly problemWithMended?: Target['problemWithMended']
  readonly shape: StreamShape
}

/** Puts together what is defined, so that finding a way costs one look into a table. */
export function directoryOf(
  streams: readonly LiveStream[],
  keys: readonly WriteKey[],
): Directory & { readonly shapes: readonly StreamShape[] } {
  const byConnection = Map.groupBy(streams, ({ connection }) => connection)
  const targets = new Map<string, Target>()
  for (const [, siblings] of byConnection)
    for (const stream of siblings) targets.set(stream.key, targetOf(stream, siblings))
  const sources = new Map<string, Source>()
  for (const { key: writeKey, connection, closedAt } of keys) {
    const main = mainOf(byConnection.get(connection) ?? [])
    const target = main && targets.get(main.key)
    if (!main || !target || closedAt !== undefined) continue
    sources.set(writeKey, { ...target, writeKey, connection, sender: main.sender })
  }
  return { targets, sources, shapes: streams.map(({ shape }) => shape) }
}

const mainOf = (siblings: readonly LiveStream[]) =>
  siblings.find(({ takes }) => takes === undefined || takes === 'events')

function targetOf(stream: LiveStream, siblings: readonly LiveStream[]): Target {
  const { key, takes, contract, needed } = stream
  const others = siblings.flatMap((one): [string, string][] =>
    one.takes === undefined || one.takes === 'events' ? [] : [[one.takes, one.key]],
  )
  return {
    stream: key,
    problemWith: contract && checkOf(contract),
    problemWithMended: stream.problemWithMended,
    needed,
    warningOn: contract?.unknown === 'warn' ? warnerOf(contract) : undefined,
    statements: takes === 'events' && others.length > 0 ? Object.fromEntries(others) : undefined,
  }
}

const warnerOf = (contract: Contract) => (value: Message) => {
  const names = unknownIn(contract, value)
  return names.length === 0 ? undefined : `members that were not agreed on: ${names.join(', ')}`
}
