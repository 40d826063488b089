import { rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { key } from '#kernel/read.ts'
import type { Kind, Kinds } from './kind.ts'

/** JSON Schema for editors: a document is one of the kinds. */
export function schemaOf(kinds: Kinds): Readonly<Record<string, unknown>> {
  const parts = [...kinds.values()].map(partOf)
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Tessera definition',
    oneOf: parts.flatMap(({ choices }) => choices),
    $defs: Object.assign({}, ...parts.map(({ defs }) => defs)),
  }
}

/** Where editors find the schema of a folder's definition files. */
export const schemaFileName = '.tessera.schema.json'

/** Writes the schema beside the definition files, so that editors complete and check them; tells where. */
export async function writeSchema(folder: string, kinds: Kinds): Promise<string> {
  const file = join(folder, schemaFileName)
  const part = `${file}.part`
  await writeFile(part, `${JSON.stringify(schemaOf(kinds), null, 2)}\n`)
  await rename(part, file)
  return file
}

interface Node {
  readonly [word: string]: unknown
}

// TypeBox schemas are JSON Schema; this reads them as such.
const asNode = (schema: unknown): Node => (schema ?? {}) as Node

function partOf({ kind, label, schema }: Kind) {
  const defs: Record<string, unknown> = {}
  const whole = asNode(withOwnNames(JSON.parse(JSON.stringify(schema)), kind, defs))
  const bodies = Array.isArray(whole['anyOf']) ? whole['anyOf'].map(asNode) : [whole]
  return { defs, choices: bodies.map((body) => choiceOf({ kind, label, body })) }
}

function choiceOf({ kind, label, body }: { kind: string; label: string; body: Node }): Node {
  if (body['type'] !== 'object')
    throw new Error(`the schema of "${kind}" must be an object or a choice of objects`)
  const required = Array.isArray(body['required']) ? body['required'] : []
  return {
    title: label,
    ...body,
    properties: { kind: { const: kind }, key: key(), ...asNode(body['properties']) },
    required: ['kind', 'key', ...required],
  }
}

// Shapes that contain themselves are named; the names of two kinds must not meet in one schema.
function withOwnNames(value: unknown, kind: string, defs: Record<string, unknown>): unknown {
  if (Array.isArray(value)) return value.map((item) => withOwnNames(item, kind, defs))
  if (typeof value !== 'object' || value === null) return value
  const { $defs, ...members } = asNode(value)
  for (const [name, def] of Object.entries(asNode($defs))) {
    const { $id: _, ...body } = asNode(withOwnNames(def, kind, defs))
    defs[`${kind}_${name}`] = body
  }
  return Object.fromEntries(
    Object.entries(members).map(([name, member]) =>
      name === '$ref'
        ? [name, `#/$defs/${kind}_${String(member)}`]
        : [name, withOwnNames(member, kind, defs)],
    ),
  )
}
