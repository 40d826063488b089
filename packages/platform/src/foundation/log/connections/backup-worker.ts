import { DatabaseSync } from 'node:sqlite'
import { workerData } from 'node:worker_threads'

// A second reader copies what it sees at its beginning; the writer is not stopped.

const { source, part } = workerData as { readonly source: string; readonly part: string }
const database = new DatabaseSync(source, { timeout: 5000 })
database.prepare('vacuum into ?').run(part)
database.close()
