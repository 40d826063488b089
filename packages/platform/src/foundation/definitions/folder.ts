import type { Dirent } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import type { SourceFile } from './definition.ts'
import { type Reading, readFiles } from './documents.ts'
import { definitionFaults } from './faults.ts'
import { type PlacedProblem, placed } from './place.ts'
import { badYaml } from './survey.ts'

/** Reads all definition files (`.yaml`, `.yml`) of a folder and the folders in it, in the order of their names. */
export async function readFolder(folder: string): Promise<Reading> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((cause) => {
    throw definitionFaults.no_folder({ folder }, { cause })
  })
  const paths = entries
    .filter((entry) => isDefinitionFile(folder, entry))
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted()
  const texts = await Promise.all(paths.map(readText))
  const reading = readFiles(texts.filter((one) => 'text' in one))
  return { ...reading, problems: [...texts.filter((one) => 'code' in one), ...reading.problems] }
}

// Hidden files and folders belong to tools; tests of the definitions are no definitions.
function isDefinitionFile(folder: string, entry: Dirent): boolean {
  const inside = relative(folder, join(entry.parentPath, entry.name))
  return entry.isFile() && /\.ya?ml$/i.test(entry.name) && !/(^|[/\\])\.|^tests[/\\]/.test(inside)
}

async function readText(file: string): Promise<SourceFile | PlacedProblem> {
  const bytes = await readFile(file)
  try {
    return { file, text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) }
  } catch {
    return placed(badYaml('is not UTF-8; save it as UTF-8'), { file, places: new Map() })
  }
}
