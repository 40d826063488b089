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
      return readAnswer(of.address, answer.status, await answer.text())
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
    return readAnswer('Tessera', answer.statusCode, answer.body)
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
function readAnswer(address: string, status: number, text: string): unknown {
  const value = jsonIn(text)
  if (status < 400 && value !== noJson) return value
  if (!isFaultBody(value)) throw cliFaults.no_answer({ status, address })
  const { error } = value
  throw new Fault({
    status,
    code: error.code,
    say: error.message,
    details: error.details ?? {},
    at: error.at,
  })
}

interface FaultBody {
  readonly error: {
    readonly code: string
    readonly message: string
    readonly at?: string
    readonly details?: Readonly<Record<string, unknown>>
  }
}

// What stands before a server, and Node itself, refuse in words of their own.
function isFaultBody(value: unknown): value is FaultBody {
  const error = (value as Partial<FaultBody> | null | undefined)?.error
  return typeof error?.code === 'string' && typeof error.message === 'string'
}

const noJson = Symbol('no JSON')

function jsonIn(text: string): unknown {
  if (text === '') return undefined
  try {
    return JSON.parse(text)
  } catch {
    return noJson
  }
}
