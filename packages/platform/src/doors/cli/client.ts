import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Fault } from '#kernel/fault.ts'
import type { App } from '#server'
import type { CallParts, Client } from './command.ts'
import { cliFaults } from './faults.ts'

type Call = Client['call']

/** A client that speaks to a running server. */
export function httpClient(of: { address: string; token: string; dataFolder: string }): Client {
  return {
    dataFolder: of.dataFolder,
    server: of.address,
    call: async (method, path, parts = {}) => {
      const { body, headers } = bodyOf(parts)
      const answer = await fetch(`${of.address}/api${path}${queryOf(parts)}`, {
        method,
        headers: { ...headers, authorization: `Bearer ${of.token}` },
        ...(body === undefined ? {} : { body, duplex: 'half' }),
      }).catch((cause: unknown) => {
        throw cliFaults.unreachable({ address: of.address }, { cause })
      })
      return readAnswer(answer.status, await answer.text())
    },
    close: async () => {},
  }
}

/** A client that calls the very same endpoints in-process, without a socket. */
export function inProcessClient(of: {
  app: App
  token: string
  dataFolder: string
  close: () => Promise<void>
}): Client {
  const call: Call = async (method, path, parts = {}) => {
    const { body, headers } = bodyOf(parts)
    const payload = body === undefined || typeof body === 'string' ? body : await buffered(body)
    const answer = await of.app.inject({
      method,
      url: `/api${path}${queryOf(parts)}`,
      headers: { ...headers, authorization: `Bearer ${of.token}` },
      ...(payload === undefined ? {} : { payload }),
    })
    return readAnswer(answer.statusCode, answer.body)
  }
  return { call, dataFolder: of.dataFolder, server: undefined, close: of.close }
}

/** The token that a server left in its data folder for those who may read it. */
export const tokenIn = async (dataFolder: string): Promise<string> =>
  (await readFile(join(dataFolder, 'token'), 'utf8')).trim()

function bodyOf({ body, stream }: CallParts) {
  if (stream) return { body: stream, headers: { 'content-type': 'application/octet-stream' } }
  if (body === undefined) return { body: undefined, headers: {} }
  return { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }
}

function queryOf({ query = {} }: CallParts): string {
  const set = Object.entries(query).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)] as [string, string]],
  )
  return set.length === 0 ? '' : `?${new URLSearchParams(set)}`
}

async function buffered(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for await (const chunk of stream) chunks.push(chunk)
  return Buffer.concat(chunks)
}

/** The fault that an answer tells of is the same fault here, so that both ways of calling print the same. */
function readAnswer(status: number, text: string): unknown {
  const value: unknown = text === '' ? undefined : JSON.parse(text)
  if (status < 400) return value
  const { error } = value as {
    error: { code: string; message: string; at?: string; details?: Record<string, unknown> }
  }
  throw new Fault({
    status,
    code: error.code,
    say: error.message,
    details: error.details ?? {},
    at: error.at,
  })
}
