import type { Client, SFTPWrapper, Stats } from 'ssh2'
import ssh2 from 'ssh2'
import { Fault } from '#kernel/fault.ts'
import type { ReachingTools } from '../../connector.ts'
import { connectorFaults } from '../../faults.ts'
import type { SftpSettings } from './definition.ts'
import { placeOf, signIn } from './sign-in.ts'

/** Something in a folder of the other machine. */
export interface Entry {
  readonly name: string
  readonly stats: Stats
}

/** A file of the other machine that is open. */
export interface RemoteFile {
  readonly stats: () => Promise<Stats>
  /** Fewer bytes only where the end is. */
  readonly read: (at: number, length: number) => Promise<Buffer>
  readonly close: () => Promise<void>
}

/** What can be asked of the other machine; whoever still waits for an answer when the connection breaks off is told so. */
export interface Session {
  readonly at: string
  readonly list: (path: string) => Promise<readonly Entry[]>
  /** What is there itself, be it a link; nothing when nothing is. */
  readonly stats: (path: string) => Promise<Stats | undefined>
  /** Where a path really leads; nothing when that is nowhere. */
  readonly realPath: (path: string) => Promise<string | undefined>
  readonly open: (path: string) => Promise<RemoteFile>
  /** Writes a file, piece by piece; another one of this name is written over. */
  readonly write: (path: string, content: AsyncIterable<Uint8Array>) => Promise<void>
  /** Gives a file another name, in the place of the file that had it. */
  readonly rename: (from: string, to: string) => Promise<void>
  readonly remove: (path: string) => Promise<void>
  readonly makeFolder: (path: string) => Promise<void>
  readonly end: () => void
}

/** Signs in, and asks for the part of the host that hands out files. */
export async function openSession(
  tools: Pick<ReachingTools, 'network' | 'secret'>,
  settings: SftpSettings,
  signal: AbortSignal,
): Promise<Session> {
  const at = placeOf(settings)
  const client = await signIn(tools, settings, signal)
  const ask = askerOf(client, at, signal)
  const end = () => {
    client.end()
  }
  const wrapper = await ask<SFTPWrapper>((done) => client.sftp(done)).catch((thrown) => {
    end()
    throw refusedFiles(thrown, settings)
  })
  return {
    at,
    list: async (path) => {
      const entries = await ask<readonly ListedEntry[]>((done) => wrapper.readdir(path, done))
      return entries.map(({ filename: name, attrs: stats }) => ({ name, stats }))
    },
    stats: (path) => orNothing(ask<Stats>((done) => wrapper.lstat(path, done))),
    realPath: (path) => orNothing(ask<string>((done) => wrapper.realpath(path, done))),
    open: async (path) => {
      const handle = await ask<Buffer>((done) => wrapper.open(path, 'r', done))
      return {
        stats: () => ask<Stats>((done) => wrapper.fstat(handle, done)),
        read: (from, length) => readFrom({ wrapper, ask, handle }, from, length),
        close: () => ask<void>((done) => wrapper.close(handle, (error) => done(error, undefined))),
      }
    },
    write: (path, content) => writeTo({ wrapper, ask }, path, content),
    rename: (from, to) => replace({ wrapper, ask }, from, to),
    remove: (path) => ask<void>((done) => wrapper.unlink(path, (error) => done(error, undefined))),
    makeFolder: (path) =>
      ask<void>((done) => wrapper.mkdir(path, (error) => done(error, undefined))),
    end,
  }
}

interface ListedEntry {
  readonly filename: string
  readonly attrs: Stats
}

type Done<Answer> = (error: Error | null | undefined, answer: Answer) => void
type Ask = <Answer>(question: (done: Done<Answer>) => void) => Promise<Answer>

function askerOf(client: Client, at: string, signal: AbortSignal): Ask {
  const waiting = new Set<(reason: unknown) => void>()
  let lost: unknown
  const lose = (why: string) => {
    lost ??= signal.aborted ? signal.reason : connectorFaults.connection_lost({ at, why })
    for (const refuse of waiting) refuse(lost)
    waiting.clear()
  }
  client.on('error', ({ message }) => lose(message))
  client.on('close', () => lose('it was ended on the other side'))
  return <Answer>(question: (done: Done<Answer>) => void) => {
    if (lost !== undefined) return Promise.reject(lost)
    const { promise, resolve, reject } = Promise.withResolvers<Answer>()
    waiting.add(reject)
    question((error, answer) => {
      waiting.delete(reject)
      // Questions on their way are also given up when the connection ends, before that itself is told.
      if (error && isGivenUp(error)) lose('it was ended on the other side')
      if (error) reject(lost ?? error)
      else resolve(answer)
    })
    return promise
  }
}

const isGivenUp = (error: Error) => !('code' in error)

const status = ssh2.utils.sftp.STATUS_CODE

const hasStatus = (thrown: unknown, code: number): boolean =>
  thrown instanceof Error && 'code' in thrown && thrown.code === code

const orNothing = <Answer>(answer: Promise<Answer>): Promise<Answer | undefined> =>
  answer.catch((thrown: unknown) => {
    if (hasStatus(thrown, status.NO_SUCH_FILE)) return undefined
    throw thrown
  })

function refusedFiles(thrown: unknown, settings: SftpSettings): unknown {
  if (!(thrown instanceof Error) || thrown.name === 'Fault') return thrown
  const [at, user] = [placeOf(settings), settings.user]
  const why = 'it hands out no files over SFTP'
  return connectorFaults.not_permitted({ at, user, why }, { cause: thrown })
}

interface Opened {
  readonly wrapper: SFTPWrapper
  readonly ask: Ask
  readonly handle: Buffer
}

// More at once than this some hosts refuse.
const writeBytes = 32 * 1024

async function writeTo(
  { wrapper, ask }: Omit<Opened, 'handle'>,
  path: string,
  content: AsyncIterable<Uint8Array>,
): Promise<void> {
  const handle = await ask<Buffer>((done) => wrapper.open(path, 'w', done))
  let at = 0
  try {
    for await (const piece of content) {
      const bytes = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength)
      // All parts of a piece are on their way at once.
      const parts: Promise<void>[] = []
      for (let from = 0; from < bytes.length; from += writeBytes) {
        const length = Math.min(writeBytes, bytes.length - from)
        const place = at + from
        parts.push(
          ask<void>((done) =>
            wrapper.write(handle, bytes, from, length, place, (error) => done(error, undefined)),
          ),
        )
      }
      await Promise.all(parts)
      at += bytes.length
    }
  } finally {
    // Where the connection is lost, so is the file that was open.
    await ask<void>((done) => wrapper.close(handle, (error) => done(error, undefined))).catch(
      () => {},
    )
  }
}

async function replace(
  { wrapper, ask }: Omit<Opened, 'handle'>,
  from: string,
  to: string,
): Promise<void> {
  const renamed = (way: (done: (error?: Error | null) => void) => void) =>
    ask<void>((done) => way((error) => done(error, undefined)))
  try {
    await renamed((done) => wrapper.ext_openssh_rename(from, to, done))
  } catch (thrown) {
    if (thrown instanceof Fault) throw thrown
    // Hosts that are not OpenSSH know only the plain way, which refuses a name that is taken.
    await renamed((done) => wrapper.unlink(to, done)).catch(() => {})
    await renamed((done) => wrapper.rename(from, to, done))
  }
}

async function readFrom(
  { wrapper, ask, handle }: Opened,
  from: number,
  length: number,
): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(length)
  let filled = 0
  // A host may hand out less at once than it was asked for.
  while (filled < length) {
    const more = await ask<number>((done) =>
      wrapper.read(handle, bytes, filled, length - filled, from + filled, done),
    ).catch((thrown: unknown) => {
      if (hasStatus(thrown, status.EOF)) return 0
      throw thrown
    })
    if (more === 0) break
    filled += more
  }
  return bytes.subarray(0, filled)
}
