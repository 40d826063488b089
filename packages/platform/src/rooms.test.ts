import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { rooms } from './rooms.ts'

const addresses = Object.keys(rooms)
const names = addresses.map((address) => address.split('/').at(-1))

test.each(Object.entries(rooms))('%s knows only what it was given', (address, knows) => {
  const isAllowed = (target: string, file: string) => {
    if (target.startsWith('.')) return join(dirname(file), target).startsWith(`${address}/`)
    const [name = '', part] = target.slice(1).split('/')
    if (
      address === 'doors/contract' &&
      name !== 'kernel' &&
      part !== 'definition' &&
      part !== 'api'
    )
      return false
    return (knows as readonly string[]).includes(name) && (part !== 'testing' || isTest(file))
  }
  const trespasses = filesIn(address).flatMap((file) =>
    importsOf(file)
      .filter((target) => !isAllowed(target, file))
      .map((target) => `${file} -> ${target}`),
  )
  expect(trespasses).toEqual([])
})

test('no stairs lead down and up again', () => {
  const upward = Object.entries(rooms).flatMap(([address, knows]) =>
    knows
      .filter((name) => names.indexOf(name) >= addresses.indexOf(address))
      .map((name) => `${address} -> ${name}`),
  )
  expect(upward).toEqual([])
})

test('every folder is a room, and every room has its door and says what it promises', () => {
  const folders = ['foundation', 'flow', 'doors', 'doors/protocols'].flatMap((floor) =>
    readdirSync(join(import.meta.dirname, floor)).map((name) => `${floor}/${name}`),
  )
  // Other people's wires have a floor of their own.
  expect(folders.filter((folder) => folder !== 'doors/protocols').toSorted()).toEqual(
    addresses.toSorted(),
  )
  const bare = addresses.flatMap((address) =>
    ['README.md', ...(address === 'foundation/kernel' ? [] : ['index.ts'])]
      .filter((file) => !existsSync(join(import.meta.dirname, address, file)))
      .map((file) => `${address}/${file}`),
  )
  expect(bare).toEqual([])
})

test('only the engine, the store and the log know a database driver, only the server the HTTP framework', () => {
  const owners: Readonly<Record<string, readonly string[]>> = {
    '@duckdb/node-api': ['foundation/engine/connections/'],
    'node:sqlite': [
      'foundation/store/connections/',
      'foundation/log/connections/',
      'flow/connectors/sources/sqlite/',
    ],
    fastify: ['doors/server/'],
    '@polyglot-sql/sdk': ['flow/query/'],
    undici: ['foundation/outgoing/'],
  }
  const strays = addresses.flatMap(filesIn).flatMap((file) =>
    Object.entries(owners)
      .filter(
        ([driver, owner]) =>
          !owner.some((folder) => file.startsWith(folder)) &&
          !isTest(file) &&
          knowsPackage(file, driver),
      )
      .map(([driver]) => `${file} -> ${driver}`),
  )
  expect(strays).toEqual([])
})

const isTest = (file: string) => file.endsWith('.test.ts') || file.includes('/testing/')

const read = (file: string) => readFileSync(join(import.meta.dirname, file), 'utf8')

const importsOf = (file: string): string[] =>
  [...read(file).matchAll(/\b(?:from|import\() ?'([.#][^']*)'/g)].map(([, target = '']) => target)

const knowsPackage = (file: string, name: string): boolean =>
  new RegExp(`from '${name}['/]`).test(read(file))

function filesIn(address: string): string[] {
  return readdirSync(join(import.meta.dirname, address), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => `${address}/${file}`)
}
