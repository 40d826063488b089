import type { ConnectorView } from '@tessera/platform/contract'
import { freeKeyOf, isKey, keyMadeOf } from '../../lib/key-made.ts'
import { keyFrom } from './wanted.ts'

/** The key that is offered for a connection: made of its name, or of its connector as long as it has none of its own; one that is free. */
export function connectionKeyFor(
  connector: Pick<ConnectorView, 'key' | 'label'>,
  label: string,
  taken: readonly string[],
): string {
  const made = label === connector.label ? undefined : keyMadeOf(label)
  return freeKeyOf(made ?? connector.key, taken)
}

/** The key that is offered for a stream: made of what it takes, or of its connection; one that is free. */
export const streamKeyFor = (
  connection: string,
  batch: string | undefined,
  taken: readonly string[],
): string => freeKeyOf(keyFrom(batch ?? connection) || connection, taken)

/** What speaks against a key: nobody could have it, or a definition has it that is not the one that is meant. */
export function troubleWith(
  key: string,
  { taken, meant }: { readonly taken: readonly string[]; readonly meant?: string | undefined },
): 'unfit' | 'taken' | undefined {
  if (!isKey(key)) return 'unfit'
  return taken.includes(key) && key !== meant ? 'taken' : undefined
}
