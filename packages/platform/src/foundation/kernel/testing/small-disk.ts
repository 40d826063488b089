import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** Why tests cannot have a disk of their own here, as their names say it; empty where they can. */
export const noDisk = whyNoDisk()

/** A disk of so many megabytes, in a folder of its own until the test ends. */
export function smallDisk(megabytes: number): string {
  const folder = emptyFolder()
  if (!isMounted(folder, megabytes)) throw new Error('a small disk could not be mounted')
  onTestFinished(() => remove(folder))
  return folder
}

function whyNoDisk(): string {
  const folder = emptyFolder()
  const can = isMounted(folder, 1)
  remove(folder)
  return can ? '' : ' (left out: a small disk cannot be mounted here)'
}

function emptyFolder(): string {
  return mkdtempSync(join(tmpdir(), 'tessera-disk-'))
}

function isMounted(folder: string, megabytes: number): boolean {
  const words = ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder]
  return spawnSync('mount', words).status === 0
}

function remove(folder: string): void {
  spawnSync('umount', ['-l', folder])
  rmSync(folder, { recursive: true, force: true })
}
