import { shapeOf } from '#definitions'
import { type Fault, joinPlace, type Problem } from '#kernel/fault.ts'
import { faultOfSecret } from '#outgoing'
import type { DestinationBody } from './definition.ts'
import type { CalledPlace, OutFolders, SigningSecret } from './destination.ts'
import { isAllowedFolder } from './destinations/file/out-folder.ts'
import { destinationOf } from './destinations/index.ts'
import { activationFaults } from './faults.ts'

/** What is known beforehand of the world that deliveries meet. */
export interface Foresight {
  /** Why a place is never called; nothing where it may be. */
  readonly refusalOf: (to: Pick<CalledPlace, 'host' | 'port'>) => Fault | undefined
  readonly secret: (name: string) => Promise<string>
  readonly folders: OutFolders
}

/** What the settings of a destination would meet at every delivery, as the server and its secrets are now. */
export async function foreseen(
  { type, settings }: Pick<DestinationBody, 'type' | 'settings'>,
  of: Foresight,
): Promise<readonly Problem[]> {
  const destination = destinationOf(type)
  if (!shapeOf(destination.settings, settings, 'settings').isSound) return []
  const { calls, signs, folder } = destination
  const path = folder?.(settings)
  const problems = [
    ...(path === undefined || isAllowedFolder(path, of.folders)
      ? []
      : activationFaults.folder_outside({ folder: path }, { at: 'folder' }).problems),
    ...refusalsOf(calls?.(settings) ?? [], of),
    ...(await unfitSecrets(signs?.(settings) ?? [], of)),
  ]
  return problems.map((problem) => ({ ...problem, at: joinPlace('settings', problem.at) }))
}

/** The places that are never called. */
export const refusalsOf = (
  places: readonly CalledPlace[],
  { refusalOf }: Pick<Foresight, 'refusalOf'>,
): readonly Problem[] =>
  places.flatMap((place) => {
    const fault = refusalOf(place)
    return fault ? [{ code: fault.code, at: place.at, say: fault.message }] : []
  })

async function unfitSecrets(
  secrets: readonly SigningSecret[],
  { secret }: Foresight,
): Promise<readonly Problem[]> {
  const found = await Promise.all(
    secrets.map(async ({ name, at }) => {
      // One that is not there yet is told with those of all definitions.
      const value = await secret(name).catch(() => undefined)
      const fault = value === undefined ? undefined : faultOfSecret(value)
      return fault ? [{ code: fault.code, at, say: fault.message }] : []
    }),
  )
  return found.flat()
}
