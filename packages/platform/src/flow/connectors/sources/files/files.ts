import { realpath } from 'node:fs/promises'
import { resolve } from 'node:path'
import { asProblems, type Fault, refusal } from '#kernel/fault.ts'
import { type Batch, type Connector, defineConnector, type Offer } from '../../connector.ts'
import { formatOf } from '../../file-options.ts'
import type { Spool } from '../../spool.ts'
import { troubleWith } from '../../trouble.ts'
import { understand } from '../../understand.ts'
import { type FilesSource, filesDefinition } from './definition.ts'
import { type Folder, type FoundFile, openFolder } from './folder.ts'

/** What the connector for files is given: where relative folders begin, and folders that nobody may read. */
export interface FilesTools {
  readonly baseFolder: string
  readonly closedFolders: readonly string[]
}

/** More files than a person can choose from. */
const mostOffers = 5000

/** Reads files from a folder of this machine. */
export function makeFiles({ baseFolder, closedFolders }: FilesTools): Connector {
  const open = async (folder: string) => {
    const closed = closedFolders.map((path) => realpath(path).catch(() => resolve(path)))
    return openFolder(resolve(baseFolder, folder), await Promise.all(closed))
  }
  return defineConnector({
    ...filesDefinition,
    list: async ({ settings, signal }) => listOffers(await open(settings.folder), signal),
    async *read({ settings, source, known, spool, signal }) {
      const folder = await open(settings.folder)
      const faults: Fault[] = []
      const seen = new Set<string>()
      for (const path of await folder.match(source.path)) {
        signal.throwIfAborted()
        try {
          const found = await folder.find(path)
          if (seen.has(found.name) || known(fingerprintOf(found))) continue
          seen.add(found.name)
          yield await arrive(found, { source, spool, signal })
        } catch (thrown) {
          faults.push(troubleWith(path, thrown))
        }
      }
      throwAll(faults)
    },
  })
}

// Size and time tell a change without reading the file, so a folder can be looked at every minute whatever its size. A
// file that was written again with the same content looks new, which costs a load and loses nothing.
const fingerprintOf = ({ name, sizeBytes, changedNs }: Omit<FoundFile, 'path'>) =>
  `${name}:${sizeBytes}:${changedNs}`

interface Arriving {
  readonly source: FilesSource
  readonly spool: Spool
  readonly signal: AbortSignal
}

async function arrive({ name, path }: FoundFile, of: Arriving): Promise<Batch> {
  const spooled = await of.spool.take(path)
  try {
    const file = await understand({ name, spooled, options: of.source, ...of })
    // Of the very file that was taken: it may have been another one a moment before.
    return { name, fingerprint: fingerprintOf({ name, ...spooled }), file }
  } catch (thrown) {
    await of.spool.remove(spooled.path)
    throw thrown
  }
}

function throwAll(faults: readonly Fault[]): void {
  const [only] = faults
  if (only === undefined) return
  if (faults.length === 1) throw only
  throw refusal(faults.flatMap((fault) => asProblems(fault)))
}

async function listOffers(folder: Folder, signal: AbortSignal): Promise<readonly Offer[]> {
  const offers: Offer[] = []
  for (const path of await folder.all()) {
    signal.throwIfAborted()
    if (formatOf(path) === undefined) continue
    // Links that lead elsewhere are not offered, as they would be refused.
    const found = await folder.find(path).catch(() => undefined)
    if (found?.name === path) offers.push(offerOf(found))
    if (offers.length === mostOffers) break
  }
  return offers
}

const offerOf = ({ name, sizeBytes, changedNs }: FoundFile): Offer => ({
  name,
  source: { path: name },
  sizeBytes,
  changedAt: new Date(Number(changedNs / 1_000_000n)),
})
