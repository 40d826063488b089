import type { Socket } from 'node:net'
import { type API, type Connection, Reader, Writer } from '@platformatic/kafka'
import { sentenceOf } from '#kernel/fault.ts'
import { connectorFaults } from '../../faults.ts'
import { makeFrames } from './frames.ts'
import { codeOf } from './trouble.ts'

/** A connection to one broker on which requests are made. */
export interface Wire {
  readonly call: <Asked extends unknown[], Told>(
    api: API<Asked, Told>,
    ...asked: Asked
  ) => Promise<Told>
  /** For the parts of the client library that sign in. */
  readonly connection: Connection
  readonly isOpen: () => boolean
  readonly end: () => void
}

/** What a wire is made of. */
export interface WireParts {
  readonly socket: Socket
  /** How faults call the other end. */
  readonly at: string
  readonly clientId: string
  readonly timeoutMs: number
  readonly signal: AbortSignal
}

interface Waiting {
  readonly tell: (answer: Buffer) => void
  readonly fail: (why: unknown) => void
  readonly timer: NodeJS.Timeout
}

/**
 * Speaks the protocol over a socket that was opened by somebody else. The client library opens its connections itself,
 * past every guard, so only its requests, its answers and its records are used.
 */
export function openWire({ socket, at, clientId, timeoutMs, signal }: WireParts): Wire {
  const waiting = new Map<number, Waiting>()
  let lastId = 0
  let broken: unknown
  const fail = (why: unknown) => {
    broken ??= signal.aborted ? signal.reason : why
    socket.destroy()
    signal.removeEventListener('abort', stop)
    for (const [id, { fail: tell, timer }] of waiting) {
      clearTimeout(timer)
      waiting.delete(id)
      tell(broken)
    }
  }
  const lost = (why: string) => fail(connectorFaults.connection_lost({ at, why }))
  const stop = () => fail(signal.reason)
  const frames = makeFrames({
    onFrame: (frame) => {
      const answered = waiting.get(frame.readInt32BE(0))
      if (!answered) return lost('it answered what was not asked')
      waiting.delete(frame.readInt32BE(0))
      clearTimeout(answered.timer)
      answered.tell(frame.subarray(4))
    },
    onNonsense: lost,
  })
  socket.on('data', frames)
  socket.on('error', ({ message }) => lost(message))
  socket.on('close', () =>
    lost('it ended the connection; it may want TLS (tls) or a sign-in (sasl)'),
  )
  signal.addEventListener('abort', stop, { once: true })
  if (signal.aborted) stop()

  const exchange = (id: number, request: Writer) =>
    new Promise<Buffer>((tell, refuse) => {
      if (broken !== undefined) return refuse(broken)
      const tooLate = () =>
        fail(connectorFaults.source_timeout({ at, why: `no answer in ${timeoutMs} ms` }))
      waiting.set(id, { tell, fail: refuse, timer: setTimeout(tooLate, timeoutMs) })
      socket.write(request.buffer)
    })

  const send = (...sent: Parameters<Connection['send']>) => {
    const [key, version, create, parse, tagsOut, tagsIn, done] = sent
    const answer = async () => {
      lastId = (lastId + 1) & 0x7fff_ffff
      const id = lastId
      const head = Writer.create().appendInt16(key).appendInt16(version).appendInt32(id)
      head.appendString(clientId, false)
      if (tagsOut) head.appendTaggedFields()
      const told = await exchange(id, head.appendFrom(await create()).prependLength())
      // Brokers send no tags in the head of an answer: one byte says so.
      try {
        return await parse(id, key, version, Reader.from(tagsIn ? told.subarray(1) : told))
      } catch (thrown) {
        if (codeOf(thrown) !== undefined) throw thrown
        const why = `its answer cannot be understood (${sentenceOf(thrown)})`
        throw connectorFaults.broker_trouble({ at, why }, { cause: thrown })
      }
    }
    answer().then((told) => done(null, told), done)
  }
  // The functions of the library use nothing of a connection but `send`.
  const connection = { send } as unknown as Connection
  return {
    call: (api, ...asked) => api.async(connection, ...asked),
    connection,
    isOpen: () => broken === undefined,
    end: () => lost('it was ended here'),
  }
}
