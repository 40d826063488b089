import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type FilesOut, writeToBucket, writeToHost } from '#connectors'
import type { Read } from '#kernel/read.ts'
import type { DeliveryTools } from '../../destination.ts'
import type { fileDefinition } from './definition.ts'
import { outFolder } from './out-folder.ts'
import { writeWhole } from './whole-file.ts'

/** The settings of a file destination. */
export type FileSettings = Read<typeof fileDefinition.settings>

/** Opens the place that files are written to. */
export async function openPlace(
  { folder, to }: Pick<FileSettings, 'folder' | 'to'>,
  tools: Pick<DeliveryTools, 'network' | 'secret' | 'clock' | 'folders' | 'signal'>,
): Promise<FilesOut> {
  const { signal } = tools
  if (to === undefined) {
    const real = await outFolder(folder, tools.folders)
    return {
      close: () => {},
      write: (name, content) => writeWhole({ folder: real, name }, content),
      remove: (name) => rm(join(real, name), { force: true }),
    }
  }
  return 's3' in to
    ? writeToBucket(tools, { ...to.s3, folder }, signal)
    : writeToHost(tools, { ...to.sftp, folder }, signal)
}
