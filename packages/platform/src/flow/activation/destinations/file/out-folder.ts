import { mkdir, realpath } from 'node:fs/promises'
import { isAbsolute, relative, resolve } from 'node:path'
import type { OutFolders } from '../../destination.ts'
import { activationFaults } from '../../faults.ts'

/** Whether a relative folder leaves the one for outgoing files; an absolute one may be allowed. */
export const leadsOut = (folder: string): boolean =>
  !isAbsolute(folder) && !isInside(resolve('/base', folder), '/base')

/** Whether a folder lies in one that the server allows, as far as its name tells. */
export const isAllowedFolder = (folder: string, { base, allowed }: OutFolders): boolean =>
  fenceOf(resolve(base, folder), isAbsolute(folder) ? [base, ...allowed] : [base]) !== undefined

const fenceOf = (path: string, fences: readonly string[]): string | undefined =>
  fences.map((one) => resolve(one)).find((one) => isInside(path, one))

/** The folder to write to, made when it is not there; refused when it lies outside of what is allowed. */
export async function outFolder(folder: string, { base, allowed }: OutFolders): Promise<string> {
  const path = resolve(base, folder)
  const fences = isAbsolute(folder) ? [base, ...allowed] : [base]
  const fence = fenceOf(path, fences)
  if (fence === undefined) throw activationFaults.folder_outside({ folder })
  // What would be made through a symbolic link is looked at before it is made.
  await mkdir(fence, { recursive: true })
  const start = await realpath(fence)
  if (!isInside(await nearestReal(path), start)) throw activationFaults.folder_outside({ folder })
  await mkdir(path, { recursive: true })
  return realpath(path)
}

async function nearestReal(path: string): Promise<string> {
  const real = await realpath(path).catch((thrown: NodeJS.ErrnoException) => {
    if (thrown.code === 'ENOENT') return undefined
    throw thrown
  })
  return real ?? nearestReal(resolve(path, '..'))
}

function isInside(path: string, folder: string): boolean {
  const way = relative(folder, path)
  return way === '' || (way !== '..' && !way.startsWith('../') && !isAbsolute(way))
}
