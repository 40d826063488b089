import { rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { startCutter } from '../../testing/cutter.ts'
import { describeConnector, makeFolder, makeSpool, putFile } from '../../testing/index.ts'
import { reaching } from '../../testing/reaching.ts'
import { startPasswordHost } from '../../testing/servers/password-host.ts'
import { fileServer, type SshServer, startSsh, withoutSsh } from '../../testing/servers/sshd.ts'
import { madeWorkbook } from '../../testing/workbook.ts'
import { makeSftp } from './sftp.ts'

const leftOut = withoutSsh === '' ? '' : ` (left out: ${withoutSsh})`
const { signal } = new AbortController()
const csv = 'a,b\n1,2\n'

describe.skipIf(leftOut)(`SFTP${leftOut}`, () => {
  let server: SshServer
  beforeAll(async () => {
    server = await startSsh()
  })
  afterAll(() => server.stop())

  const connectTo = (port = server.port) => {
    const { key, otherKey: other, lockedKey: locked } = server
    return makeSftp(reaching([`127.0.0.1:${port}`], { key, other, locked, pass: 'pass', no: 'no' }))
  }
  const settings = (folder: string, more: Readonly<Record<string, unknown>> = {}) => ({
    host: '127.0.0.1',
    port: server.port,
    user: server.user,
    private_key: { secret: 'key' },
    host_key: server.hostKey,
    folder,
    ...more,
  })

  interface Reading {
    readonly more?: Readonly<Record<string, unknown>>
    readonly names?: string[]
    readonly onBatch?: (name: string) => Promise<void>
  }

  async function readNames(
    folder: string,
    path: string,
    { more = {}, names = [], onBatch }: Reading = {},
  ): Promise<readonly string[]> {
    const [source, spool, known] = [{ path }, await makeSpool(), () => false]
    const reading = { settings: settings(folder, more), source, known, spool, signal }
    const sftp = connectTo(Number(more['port'] ?? server.port))
    for await (const { name } of sftp.read(reading)) {
      names.push(name)
      await onBatch?.(name)
    }
    return names
  }

  describeConnector('sftp', async () => {
    const folder = await makeFolder({
      'people.csv': 'id,name\n1,Ada\n',
      'deep/er/packed.csv.gz': gzipSync('id,name\n1,José\n'),
      'shop.xlsx': await madeWorkbook('openpyxl.xlsx'),
    })
    return {
      connector: connectTo(),
      settings: settings(folder),
      source: { path: '**/*' },
      change: () => putFile(join(folder, 'people.csv'), 'id,name\n1,Ada\n', new Date(0)),
    }
  })

  test('takes files by name and by pattern, in the order people count in', async () => {
    const folder = await makeFolder({
      'part-10.csv': csv,
      'part-2.csv': csv,
      'x/part-1.csv': csv,
      'x/y/part-3.csv': csv,
      'other [1].csv': csv,
      '.hidden.csv': csv,
      '.git/x.csv': csv,
    })
    expect(await readNames(folder, 'part-*.csv')).toEqual(['part-2.csv', 'part-10.csv'])
    expect(await readNames(folder, '**/part-*.csv')).toHaveLength(4)
    expect(await readNames(folder, 'x/*.csv')).toEqual(['x/part-1.csv'])
    expect(await readNames(folder, '*/{part,y}*')).toEqual(['x/part-1.csv'])
    expect(await readNames(folder, 'other [1].csv')).toEqual(['other [1].csv'])
    await expect(readNames(folder, 'prat-2.csv')).rejects.toThrow('did you mean "part-2.csv"')
    await expect(readNames(folder, 'nowhere/*.csv')).rejects.toThrow('no file in')
    await expect(readNames(`${folder}/nowhere`, '*')).rejects.toThrow('there is no folder')
  })

  test('follows links inside of the folder, once, and none that lead out of it', async () => {
    const outside = await makeFolder({ 'secret.csv': csv })
    const folder = await makeFolder({ 'in/a.csv': csv })
    await symlink(join(folder, 'in/a.csv'), join(folder, 'latest.csv'))
    expect(await readNames(folder, '{latest,in/a}.csv')).toEqual(['in/a.csv'])
    await symlink(join(outside, 'secret.csv'), join(folder, 'secret.csv'))
    await symlink(outside, join(folder, 'out'))
    await expect(readNames(folder, 'secret.csv')).rejects.toThrow('leads out of')
    await expect(readNames(folder, 'out/secret.csv')).rejects.toThrow('leads out of')
    await expect(readNames(folder, '../x.csv')).rejects.toThrow('leads out of')
    const offers = await connectTo().list({ settings: settings(folder), signal })
    expect(offers.map(({ name }) => name)).toEqual(['in/a.csv'])
  })

  test('takes nothing from a host that nobody has confirmed', async () => {
    const folder = await makeFolder({ 'a.csv': csv })
    const read = (more: Readonly<Record<string, unknown>>) => readNames(folder, '*', { more })
    await expect(read({ host_key: undefined })).rejects.toThrow(
      expect.objectContaining({
        code: 'connectors.unknown_host',
        message: expect.stringContaining(server.hostKey),
      }),
    )
    const other = `SHA256:${'A'.repeat(43)}`
    await expect(read({ host_key: other })).rejects.toThrow(
      expect.objectContaining({
        code: 'connectors.other_host',
        details: { at: `127.0.0.1:${server.port}`, found: server.hostKey, expected: other },
      }),
    )
  })

  test('says what is wrong with the key, the password and the place', async () => {
    const folder = await makeFolder({ 'a.csv': csv })
    const read = (more: Readonly<Record<string, unknown>>) => readNames(folder, '*', { more })
    const locked = { private_key: { secret: 'locked' } }
    expect(await read({ ...locked, passphrase: { secret: 'pass' } })).toEqual(['a.csv'])
    await expect(read(locked)).rejects.toThrow('no passphrase given')
    await expect(read({ ...locked, passphrase: { secret: 'no' } })).rejects.toThrow('passphrase')
    await expect(read({ private_key: { secret: 'other' } })).rejects.toThrow('accepts neither')
    await expect(read({ private_key: { secret: 'no' } })).rejects.toThrow('Unsupported key format')
    await expect(read({ private_key: undefined })).rejects.toThrow('neither password nor')
    const password = { private_key: undefined, password: { secret: 'no' } }
    await expect(read(password)).rejects.toThrow(
      expect.objectContaining({ code: 'connectors.cannot_sign_in' }),
    )
    await expect(read({ host: '10.0.0.1' })).rejects.toThrow('is not a public address')
  })

  test('refuses a file that is written to while it is taken, and one that is gone', async () => {
    const big = `a,b\n${'1,2\n'.repeat(5_000_000)}`
    const folder = await makeFolder({ 'a.csv': csv, 'b.csv': big, 'c.csv': csv, 'd.csv': csv })
    const names: string[] = []
    const onBatch = async (name: string) => {
      if (name !== 'a.csv') return
      await rm(join(folder, 'c.csv'))
      const writing = setInterval(() => writeFile(join(folder, 'b.csv'), csv, { flag: 'a' }), 1)
      onTestFinished(() => clearInterval(writing))
    }
    await expect(readNames(folder, '*', { names, onBatch })).rejects.toThrow(
      expect.objectContaining({
        problems: [
          expect.objectContaining({ code: 'connectors.changed_meanwhile' }),
          expect.objectContaining({ code: 'connectors.unreadable_file' }),
        ],
      }),
    )
    expect(names).toEqual(['a.csv', 'd.csv'])
  })

  test('says how far it came when the connection is cut, and stops there', async () => {
    const big = `a,b\n${'1,2\n'.repeat(2_000_000)}`
    const folder = await makeFolder({ 'a.csv': csv, 'b.csv': big, 'c.csv': csv })
    const port = await startCutter(server.port, 2_000_000)
    const names: string[] = []
    await expect(readNames(folder, '*', { more: { port }, names })).rejects.toThrow(
      /broke off: \d+ of 8000004 bytes of b.csv had arrived/,
    )
    expect(names).toEqual(['a.csv'])
  })

  const noFiles = fileServer === undefined ? ' (left out: sftp-server is not installed)' : ''
  test.skipIf(noFiles)(`signs in with a password, given or typed${noFiles}`, async () => {
    const folder = await makeFolder({ 'a.csv': csv })
    for (const way of ['password', 'keyboard-interactive'] as const) {
      const { port, hostKey: host_key } = await startPasswordHost(way, fileServer ?? '')
      const read = (secret: string) => {
        const more = { port, host_key, private_key: undefined, password: { secret } }
        return readNames(folder, '*', { more })
      }
      expect(await read('pass')).toEqual(['a.csv'])
      await expect(read('no')).rejects.toThrow('accepts neither')
    }
  })

  test('never says a secret', async () => {
    const folder = await makeFolder()
    const more = { private_key: { secret: 'other' }, password: { secret: 'pass' } }
    const thrown: unknown = await readNames(folder, '*', { more }).catch((fault) => fault)
    expect(thrown).toMatchObject({ code: 'connectors.cannot_sign_in' })
    expect(inspect(thrown, { depth: 9 })).not.toMatch(/PRIVATE KEY|'pass'/)
  })
})
