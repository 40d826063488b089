import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Person } from './people.ts'

/** A set of real records with the truth about them, in `entity`. */
export interface RealSet {
  readonly name: string
  readonly read: (datasets: string) => readonly Person[]
}

/** The sets that quality is measured with. */
export const realSets: readonly RealSet[] = [
  { name: 'febrl1', read: (at) => febrl(at, ['dataset1']) },
  { name: 'febrl2', read: (at) => febrl(at, ['dataset2']) },
  { name: 'febrl3', read: (at) => febrl(at, ['dataset3']) },
  { name: 'febrl4', read: (at) => febrl(at, ['dataset4a', 'dataset4b']) },
  {
    name: 'fake_1000',
    read: (at) =>
      linesOf(join(at, 'splink-fake-1000', 'fake_1000.csv')).map(
        ({ unique_id: _, cluster = null, ...rest }) => ({ ...rest, entity: cluster }),
      ),
  },
]

// The number of a record says whose it is: rec-12-org and rec-12-dup-0 are one.
const febrl = (datasets: string, files: readonly string[]): readonly Person[] =>
  files
    .flatMap((file) => linesOf(join(datasets, 'febrl', `${file}.csv`)))
    .map(({ rec_id: id, ...rest }) => ({ ...rest, entity: id?.split('-')[1] ?? null }))

/** A file without quotes, its values tidied up as a mapping would. */
function linesOf(file: string): readonly Record<string, string | null>[] {
  const [head = [], ...lines] = readFileSync(file, 'utf8')
    .trim()
    .split(/\r?\n/)
    .map((line) => line.split(',').map((cell) => cell.trim()))
  return lines.map((cells) =>
    Object.fromEntries(head.map((name, i) => [name, tidied(cells[i] ?? '')])),
  )
}

function tidied(text: string): string | null {
  const plain = text.toLowerCase().normalize('NFD').replace(/\p{M}/gu, '')
  return plain.replace(/^((?:19|20)\d\d)(\d\d)(\d\d)$/, '$1-$2-$3') || null
}
