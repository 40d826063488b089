import { DatabaseSync } from 'node:sqlite'

// A database that nobody refers to is collected, and closing it would free the lock.
const held = new Set<DatabaseSync>()

/** Locks a file for this process; nothing when another has it. The system frees it however the process ends. */
export function lockFile(file: string): { readonly release: () => void } | undefined {
  // SQLite's lock works alike on every system and needs no native module.
  const database = new DatabaseSync(file, { timeout: 0 })
  try {
    database.exec('pragma journal_mode = delete; begin exclusive')
  } catch (thrown) {
    database.close()
    if (isBusy(thrown)) return undefined
    throw thrown
  }
  held.add(database)
  return {
    release: () => {
      held.delete(database)
      database.close()
    },
  }
}

const isBusy = (thrown: unknown) =>
  thrown instanceof Error && 'errcode' in thrown && (Number(thrown.errcode) & 0xff) === 5
