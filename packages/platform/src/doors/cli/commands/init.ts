import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Command } from '../command.ts'

const starter = `# Definitions are plain data: connections, streams, mappings, rulesets, insights, segments, activations.
# \`tessera plan\` shows what would change, \`tessera apply\` does it, \`tessera run\` refreshes what is stale.
# Your editor knows every word of this file through the schema named in the next line.
# yaml-language-server: $schema=.tessera.schema.json

kind: connection
key: files
label: Files in the folder "sources"
connector: files
settings: { folder: sources }

# Put a file into sources/, then describe it, for example:
# ---
# kind: stream
# key: customers
# connection: files
# source: { path: customers.csv }
# mode: upsert
# primary_key: [id]
# category: profile
`

/** Makes a folder of definitions to start from. */
export const init: Command = {
  name: 'init',
  takes: '[<folder>]',
  about: 'Make a folder of definitions to start from',
  run: async ({ words: [folder] }, tools) => {
    const target = folder ?? tools.definitionsFolder
    const file = join(target, 'connections.yaml')
    await mkdir(target, { recursive: true })
    if (existsSync(file)) return tools.out.print(`${file} is there already; nothing was changed`)
    await writeFile(file, starter)
    const client = await tools.client()
    const schema = await client.call('GET', '/definitions-schema')
    await writeFile(join(target, '.tessera.schema.json'), `${JSON.stringify(schema, null, 2)}\n`)
    tools.out.print(`made ${file}\nnext: tessera plan, tessera apply, tessera run`)
  },
}
