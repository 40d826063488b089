import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runCli } from '#cli'
import type { Row } from './duck.ts'
import { makeWorld, onlyAsked, type World } from './world.ts'

// A person's own file on the command line: whoever answers, a server or the folder itself, the words are the same.

let world: World
let imported: string

// As an old shop exports it: semicolons, Latin-1, German titles, two people twice.
const customers = `Kundennr;Vorname;Nachname;E-Mail;Telefon;Straße;PLZ;Ort;Geburtsdatum
1001;Jürgen;Müller;juergen.mueller@example.de;030 1234567;Hauptstraße 5;10115;Berlin;04.03.1971
1002;Jürgen;Müller;Juergen.Mueller@example.de;;Hauptstraße 5;10115;Berlin;04.03.1971
1003;Zoë;Groß;zoe@example.de;0171 7654321;Gänsemarkt 1;20354;Hamburg;
1004;Anna;Weiß;;0049 171 7654329;Am Zoo 3;60316;Frankfurt;12.11.1988
1005;Anna;Weiß;anna@example.de;+49 171 7654329;Am Zoo 3;60316;Frankfurt;12.11.1988
`

beforeAll(async () => {
  world = makeWorld(onlyAsked)
  const file = world.write('Kunden 2024.csv', Buffer.from(customers, 'latin1'))
  world.write('definitions/berlin.yaml', segment('Berlin'))
  imported = await world.tessera('import', file)
}, 120_000)
afterAll(() => world.remove())

const segment = (city: string) => `kind: segment
key: locals
label: Locals
on: individual
include: { field: city, op: '=', value: ${city} }
`

const everyone = `select first_name, last_name, record_count from unified_individual order by all`
const rowsOf = async (of: World, sql: string) =>
  (await of.json<{ rows: readonly Row[] }>('query', sql)).rows

test('a file of one’s own becomes profiles', async () => {
  expect(imported).toMatch(/^stream kunden_2024$/m)
  expect(imported).toMatch(/vorname .*individual\.first_name/)
  expect(imported).toMatch(/5 person records → 3 unified customers/)
  expect(await rowsOf(world, everyone)).toEqual([
    { first_name: 'Anna', last_name: 'Weiß', record_count: 2 },
    { first_name: 'Jürgen', last_name: 'Müller', record_count: 2 },
    { first_name: 'Zoë', last_name: 'Groß', record_count: 1 },
  ])
})

// How long something took is not what is compared.
const timeless = (text: string) => text.replace(/"tookMs": [\d.]+/g, '"tookMs": 0')

/** Every command that only reads, as it answers now. */
async function answers(): Promise<Readonly<Record<string, string>>> {
  const asked: Record<string, string> = {}
  for (const command of [
    ['status'],
    ['query', everyone, '--json'],
    ['profile', 'zoe@example.de'],
    ['profile', 'kunden_2024:1005'],
    ['plan'],
    ['changes'],
  ])
    asked[command.join(' ')] = timeless(await world.tessera(...command))
  return asked
}

test('a server and the folder itself answer the same', async () => {
  const inProcess = await answers()
  const server = await world.serve()
  const served = await answers()
  expect(served).toEqual(inProcess)
  expect(inProcess['profile zoe@example.de']).toMatch(/Groß/)
  expect(inProcess['plan']).toMatch(/1 to create, 0 to change/)

  // A fault is the same fault, too.
  const refused = await world.attempt('query', 'select nothing from unified_individual')
  await server.stop()
  expect(await world.attempt('query', 'select nothing from unified_individual')).toEqual(refused)
}, 240_000)

test('plan, apply, run and undo', async () => {
  await world.served(async () => {
    expect(await world.tessera('apply')).toMatch(/applied as change 2;/)
    await world.tessera('undo', '2')
    expect(await world.tessera('plan')).toMatch(/1 to create/)
    await world.tessera('apply')
    expect(await world.tessera('run')).toMatch(/segment:locals .*1 members, 1 entered/)
    world.write('definitions/berlin.yaml', segment('Hamburg'))
    const difference = await world.tessera('plan')
    expect(difference).not.toContain('applied')
    expect(difference).toMatch(/include\.value.*Berlin.*Hamburg/s)
    expect(await world.tessera('apply')).toContain(difference.trim())
    const [last] = await world.json<readonly Row[]>('changes')
    expect(last).toMatchObject({ verb: 'apply', did: [{ kind: 'segment', key: 'locals' }] })
  })
}, 120_000)

test('a backup made beside a server answers like the server', async () => {
  const copy = join(world.folder, 'copy')
  const [before, told] = await world.served(async () => [
    await rowsOf(world, everyone),
    await world.tessera('backup', copy),
  ])
  expect(told).toContain(`backup in ${copy}`)
  const other = makeWorld()
  try {
    await other.tessera('restore', copy)
    expect(await rowsOf(other, everyone)).toEqual(before)
    // The file that was sent came along: a run finds nothing new and nothing missing.
    await other.tessera('run', 'stream:kunden_2024')
    expect(await rowsOf(other, everyone)).toEqual(before)
    const again = await other.attempt('restore', copy)
    expect(again.code).toBe(1)
    expect(again.stderr).toMatch(/is not empty {2}\[cli\.not_empty\]/)
  } finally {
    await other.remove()
  }
}, 120_000)

test('what help says', async () => {
  const said: string[] = []
  const help = (...args: readonly string[]) =>
    runCli({
      args: ['help', ...args],
      stdout: (text) => void said.push(text),
      stderr: (text) => void said.push(text),
      isTerminal: false,
      dataFolder: 'data',
      definitionsFolder: 'definitions',
      connect: () => Promise.reject(new Error('help asks nobody')),
      serve: () => Promise.reject(new Error('help serves nobody')),
      openHouse: () => Promise.reject(new Error('nothing is tested')),
      now: () => new Date(0),
      signal: new AbortController().signal,
    })
  await help()
  const all = said[0] ?? ''
  for (const [, name = ''] of all.matchAll(/^ {2}([a-z]+(?:-[a-z]+)*)(?= )/gm)) await help(name)
  expect(all).toBe(await world.tessera('help'))
  await expect(said.join('\n────\n\n')).toMatchFileSnapshot('goldens/help.txt')
})
