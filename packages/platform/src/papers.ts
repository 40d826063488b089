import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { settings } from './foundation/kernel/config.ts'
import { rooms } from './rooms.ts'

/** The folder of the whole project. */
export const root = join(import.meta.dirname, '../../..')

/** A paper of which a part is printed from the code: the file, and its text as it should be. */
export interface Paper {
  readonly file: string
  readonly text: string
}

/** All papers with printed parts. A test compares them with the files; `npm run docs` writes them. */
export async function papers(): Promise<readonly Paper[]> {
  return [
    { file: 'docs/faults.md', text: await faultsPaper() },
    { file: 'docs/settings.md', text: settingsPaper() },
    { file: 'ARCHITECTURE.md', text: between(read('ARCHITECTURE.md'), 'rooms', roomsTable()) },
  ]
}

/** The text of a paper as it stands. */
export const read = (file: string): string => readFileSync(join(root, file), 'utf8')

interface Maker {
  readonly code: string
  readonly status: number
  readonly help: string
}

/** Every fault there is, in the order of its code. */
export async function allFaults(): Promise<readonly Maker[]> {
  const files = globSync('**/*.ts', { cwd: import.meta.dirname }).filter(
    (file) => /(faults|fault|read|config)\.ts$/.test(file) && !file.includes('testing'),
  )
  const makers: Maker[] = []
  for (const file of files.sort()) {
    const module: Readonly<Record<string, unknown>> = await import(
      pathToFileURL(join(import.meta.dirname, file)).href
    )
    for (const value of Object.values(module)) makers.push(...makersIn(value))
  }
  return [...new Map(makers.map((maker) => [maker.code, maker])).values()].toSorted((a, b) =>
    a.code < b.code ? -1 : 1,
  )
}

function makersIn(value: unknown): readonly Maker[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.values(value).filter(
    (of): of is Maker => typeof of === 'function' && 'code' in of && 'help' in of && 'status' in of,
  )
}

async function faultsPaper(): Promise<string> {
  const parts = (await allFaults()).map(
    ({ code, status, help }) => `## ${code}\n\nStatus ${status}. ${help}\n`,
  )
  return `# Faults

Every refusal carries one of these codes. The message says what is wrong and where; here is what it means and what to do.
Printed from the code by \`npm run docs\`.

${parts.join('\n')}`
}

function settingsPaper(): string {
  const rows = Object.values(settings).map(
    ({ name, about, expects }) => `| \`${name}\` | ${about} | ${expects} |`,
  )
  return `# Settings

Read from the environment once, at start; \`tessera config\` shows them with what they are on this machine.
Printed from the code by \`npm run docs\`.

| setting | what it does | expects |
|---|---|---|
${rows.join('\n')}
`
}

function roomsTable(): string {
  const rows = Object.entries(rooms).map(([address, knows]) => {
    const others = knows.filter((name) => name !== 'kernel')
    return `| \`${address}\` | ${others.length === 0 ? '–' : others.join(', ')} |`
  })
  return `| room | may know (besides kernel) |\n|---|---|\n${rows.join('\n')}`
}

function between(text: string, mark: string, printed: string): string {
  const [begin, end] = [`<!-- ${mark}:begin -->`, `<!-- ${mark}:end -->`]
  return `${text.slice(0, text.indexOf(begin) + begin.length)}\n${printed}\n${text.slice(text.indexOf(end))}`
}

if (process.argv[1] === import.meta.filename) {
  for (const { file, text } of await papers()) writeFileSync(join(root, file), text)
}
