import { rename, rm, utimes } from 'node:fs/promises'
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
  // Beside it, so that there is all of it or what there was before.
  const making = `${folder}.new`
  await rm(making, { recursive: true, force: true })
  const begun = new Date()
  await using made = await rolldown({
    input: join(source, 'command-line.ts'),
    platform: 'node',
    external,
    plugins: [
      { name: 'places', transform: { filter: { code: 'import.meta.url' }, handler: placed } },
    ],
  })
  await made.write({ dir: making, format: 'esm' })
  // A file that was saved meanwhile is newer than what was built.
  await utimes(join(making, 'command-line.js'), begun, begun)
  await rm(folder, { recursive: true, force: true })
  await rename(making, folder)

  // Migrations, threads and pages are found from where the source is.
  function placed(code: string, id: string): string | undefined {
    // The builder's own parts are no files.
    if (id.startsWith('\0')) return undefined
    const path = JSON.stringify(relative(folder, id))
    return code.replaceAll('import.meta.url', `new URL(${path}, import.meta.url).href`)
  }
}

if (import.meta.main) await build(join(import.meta.dirname, 'dist'))
