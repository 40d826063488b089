import { statSync } from 'node:fs'

/** Tells when an open database was removed or replaced under its name: SQLite would go on writing into nothing. */
export function guardFile(file: string): () => void {
  const parts = [file, `${file}-wal`].map((name) => ({ name, inode: inodeOf(name) }))
  return () => {
    for (const part of parts) {
      const inode = inodeOf(part.name)
      part.inode ??= inode
      if (inode !== part.inode) throw new Error('the file of the log was removed or replaced')
    }
  }
}

const inodeOf = (name: string) => statSync(name, { bigint: true, throwIfNoEntry: false })?.ino
