import { type Cell, makeCell } from './cell.ts'
import { embedded } from './embedded.ts'

// What somebody is writing outlives a reload, in the tab alone; a frame of another tool may not store anything.

const prefix = 'tessera.draft.'
const cells = new Map<string, Cell<unknown>>()

/** What is being written under a name: read back when the page was loaded anew. */
export function keptCell<T>(name: string): Cell<T | undefined> {
  const known = cells.get(name)
  // A name stands for one kind of thing.
  if (known) return known as Cell<T | undefined>
  const cell = makeCell(stored(name))
  cell.follow(() => store(name, cell.get()))
  cells.set(name, cell)
  return cell as Cell<T | undefined>
}

/** Forgets all that is being written, because somebody else may come next. */
export function forgetKept(): void {
  for (const cell of cells.values()) cell.set(undefined)
  if (embedded) return
  const names = Object.keys(sessionStorage).filter((name) => name.startsWith(prefix))
  for (const name of names) sessionStorage.removeItem(name)
}

function stored(name: string): unknown {
  if (embedded) return undefined
  try {
    return JSON.parse(sessionStorage.getItem(prefix + name) ?? 'null') ?? undefined
  } catch {
    return undefined
  }
}

function store(name: string, value: unknown): void {
  if (embedded) return
  try {
    if (value === undefined) sessionStorage.removeItem(prefix + name)
    else sessionStorage.setItem(prefix + name, JSON.stringify(value))
  } catch {
    // The tab's storage is full: it is kept until the page is loaded anew, and nothing older comes back then.
    sessionStorage.removeItem(prefix + name)
  }
}
