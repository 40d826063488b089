import { globSync } from 'node:fs'
import { expect, test } from 'vitest'
import { commands } from '#cli'
import { connectorDefinitions } from '#connectors/definition'
import { readFiles } from '#definitions'
import { matchModelKind, rulesetKind } from '#identity'
import { insightKind } from '#insights'
import { problemsOf, read as readAs } from '#kernel/read.ts'
import { modelObjectKind } from '#mappings'
import { segmentSchema } from '#segments'
import { connectionSchema, streamSchema } from '#streams'
import { allFaults, papers, read, root } from './papers.ts'

test('the printed parts of the docs are those of the code', async () => {
  for (const { file, text } of await papers()) {
    expect(read(file) === text, `${file} is out of date: npm run docs`).toBe(true)
  }
})

test('every fault says what to do', async () => {
  const faults = await allFaults()
  expect(faults.length).toBeGreaterThan(50)
  for (const { code, help, status } of faults) {
    expect(code).toMatch(/^[a-z_]+\.[a-z0-9_]+$/)
    expect(help.length, code).toBeGreaterThan(30)
    expect(status).toBeGreaterThanOrEqual(400)
  }
})

test('READMEs of rooms are under forty lines, the first README under 150', () => {
  expect(read('README.md').split('\n').length).toBeLessThan(150)
})

test('the commands that the README and the guides name exist', () => {
  const texts = ['README.md', ...globSync('docs/guides/*.md', { cwd: root })].map(read).join('')
  const named = [...texts.matchAll(/npx tessera ([a-z-]+)/g)].map(([, name]) => name)
  const known = commands.map(({ name }) => name)
  expect(named.length).toBeGreaterThan(5)
  expect(named.filter((name) => !known.includes(name ?? ''))).toEqual([])
})

test('the connections, streams, rulesets and models that the guides show are sound', () => {
  const guides = globSync('docs/guides/*.md', { cwd: root })
  const files = guides.flatMap((file) =>
    [...read(file).matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text = '']) => ({ file, text })),
  )
  const { documents, problems } = readFiles(files)
  expect(problems).toEqual([])
  const connectors = new Map(connectorDefinitions.map((one) => [one.key, one]))
  const connectorOf = new Map(
    documents
      .filter(({ kind }) => kind === 'connection')
      .map(({ key, body }) => [key, connectors.get(readAs(connectionSchema, body).connector)]),
  )
  const others = new Map(
    [matchModelKind, rulesetKind, modelObjectKind, insightKind(() => [])].map((of) => [
      of.kind,
      of.schema,
    ]),
  ).set('segment', segmentSchema)
  for (const { kind, key, body } of documents) {
    const schema = others.get(kind)
    if (schema) {
      expect(problemsOf(schema, body), key).toEqual([])
    } else if (kind === 'connection') {
      const { settings } = readAs(connectionSchema, body)
      expect(problemsOf(connectorOf.get(key)?.settings ?? connectionSchema, settings), key).toEqual(
        [],
      )
    } else {
      const { connection, source } = readAs(streamSchema, body)
      expect(problemsOf(connectorOf.get(connection)?.source ?? streamSchema, source), key).toEqual(
        [],
      )
    }
  }
  expect(documents.length).toBeGreaterThan(10)
})

test('the definitions that the README shows are sound, and those of the examples can be read', () => {
  const shown = [...read('README.md').matchAll(/```yaml\n([\s\S]*?)```/g)].map(
    ([, text]) => text ?? '',
  )
  const examples = globSync('examples/**/*.yaml', { cwd: root })
  const files = [
    ...shown.map((text) => ({ file: 'README.md', text })),
    ...examples.map((file) => ({ file, text: read(file) })),
  ]
  const { documents, problems } = readFiles(files)
  expect(problems).toEqual([])
  expect(documents.length).toBeGreaterThan(50)
  const segments = documents.filter(({ kind }) => kind === 'segment')
  expect(segments.flatMap(({ body }) => problemsOf(segmentSchema, body))).toEqual([])
})
