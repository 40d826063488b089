import { connectorFaults } from '../../faults.ts'
import { leadsOut, whatIsThere } from '../../paths.ts'
import { troubleWith } from '../../trouble.ts'
import type { FolderOpener } from '../files/folder.ts'
import type { SqliteSettings } from './definition.ts'

/** Finds the file of a connection, in its folder and in no closed one. */
export async function findDatabase(
  openFolder: FolderOpener,
  { folder, file }: SqliteSettings,
): Promise<string> {
  const place = await openFolder(folder)
  if (leadsOut(file)) throw connectorFaults.outside_folder({ path: file, folder })
  try {
    return (await place.find(file)).path
  } catch (thrown) {
    if (!isMissing(thrown)) throw troubleWith(file, thrown)
    const near = whatIsThere(file, await place.all(1000))
    throw connectorFaults.no_such_file({ path: file, folder, near })
  }
}

const isMissing = (thrown: unknown) =>
  thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT'
