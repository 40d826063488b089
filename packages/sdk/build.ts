import { join } from 'node:path'
import { rolldown } from 'rolldown'

const bundles = [
  { input: 'src/index.ts', file: 'index.js', format: 'es' },
  { input: 'src/node.ts', file: 'node.js', format: 'es' },
  { input: 'src/decisions.ts', file: 'decisions.js', format: 'es' },
  { input: 'src/index.ts', file: 'tessera.js', format: 'iife' },
  { input: 'src/decisions.ts', file: 'tessera-decisions.js', format: 'iife' },
] as const

/** Builds what is published, into a folder: modules, and scripts for a page with the global `tessera`, without and with decisions. */
export async function build(folder: string): Promise<void> {
  for (const { input, file, format } of bundles) {
    await using made = await rolldown({
      input: join(import.meta.dirname, input),
      external: /^node:/,
      transform: { target: 'es2020' },
    })
    const generatedCode = { symbols: false }
    await made.write({
      file: join(folder, file),
      format,
      name: 'tessera',
      minify: true,
      generatedCode,
      // Nothing is left to shake off, and nobody reads it.
      comments: false,
    })
  }
}

if (import.meta.main) await build(join(import.meta.dirname, 'dist'))
