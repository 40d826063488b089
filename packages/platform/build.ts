import { rm } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { rolldown } from 'rolldown'

const source = join(import.meta.dirname, 'src')

/** Packages that find files of their own beside them, so that they stay where they are. */
const external = [
  '@duckdb/node-bindings',
  '@fastify/swagger-ui',
  '@platformatic/kafka',
  '@polyglot-sql/sdk',
  'ssh2',
]

/** Builds the program into a folder: what is read at each start, in a few files instead of three thousand. */
export async function build(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true })
  await using made = await rolldown({
    input: join(source, 'command-line.ts'),
    platform: 'node',
    external,
    plugins: [
      { name: 'places', transform: { filter: { code: 'import.meta.url' }, handler: placed } },
    ],
  })
  await made.write({ dir: folder, format: 'esm' })

  // Migrations, threads and pages are found from where the source is.
  function placed(code: string, id: string): string {
    const path = JSON.stringify(relative(folder, id))
    return code.replaceAll('import.meta.url', `new URL(${path}, import.meta.url).href`)
  }
}

if (import.meta.main) await build(join(import.meta.dirname, 'dist'))
