import type { Command } from './command.ts'
import { tableOf } from './table.ts'

const everywhere = [
  ['--data <folder>', 'The data folder; "data" unless set'],
  ['--definitions <folder>', 'The folder of definition files; "definitions" unless set'],
  ['--json', 'Answer in JSON'],
] as const

/** What `tessera help` prints. */
export function usage(commands: readonly Command[]): string {
  const rows = commands.map(({ name, takes, about }) => [`  ${name} ${takes}`.trimEnd(), about])
  return `tessera: an open customer data platform

${lined(rows)}

everywhere
${lined(everywhere.map(([option, about]) => [`  ${option}`, about]))}

\`tessera help <command>\`, or a command with --help, lists the options of a command.
A command talks to the server that holds the data folder, and opens the folder itself when none does.`
}

/** What `tessera help <command>` prints. */
export function usageOf({ name, takes, about, options = {} }: Command): string {
  const rows = Object.entries(options).map(([option, of]) => [
    `  --${option}${of.type === 'string' ? ' <value>' : ''}`,
    of.about,
  ])
  const all = [...rows, ...everywhere.map(([option, text]) => [`  ${option}`, text])]
  return `tessera ${name} ${takes}\n\n${about}.\n\n${lined(all)}`
}

// A table without its head.
const lined = (rows: readonly (readonly string[])[]) =>
  tableOf([{ title: '' }, { title: '' }], rows)
    .split('\n')
    .slice(2)
    .join('\n')
