import { Fault, sentenceOf } from '#kernel/fault.ts'
import { connectorFaults } from './faults.ts'

/** Why a file could not be read, as a fault; what is not about the file is thrown on. */
export function troubleWith(name: string, thrown: unknown): Fault {
  if (thrown instanceof Fault) return thrown
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : ''
  const place = { cause: thrown }
  const why = words[code]
  if (why !== undefined) return connectorFaults.unreadable_file({ name, why }, place)
  if (code.startsWith('Z_')) {
    return connectorFaults.damaged_file({ name, why: sentenceOf(thrown) }, place)
  }
  throw thrown
}

const words: Readonly<Record<string, string>> = {
  ENOENT: 'it is no longer there',
  EACCES: 'the system does not allow it',
  EPERM: 'the system does not allow it',
  EISDIR: 'it is a folder',
  ELOOP: 'its links lead in a circle',
  EIO: 'the disk reports an error',
}
