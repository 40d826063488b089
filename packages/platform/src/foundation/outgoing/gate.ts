import { lookup as systemLookup } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import { getCACertificates } from 'node:tls'
import { buildConnector } from 'undici'
import type { Fault } from '#kernel/fault.ts'
import { isPublic } from './addresses.ts'
import { outgoingFaults } from './faults.ts'

/** Finds the addresses of a name, as `lookup` of `node:dns` does. */
export type Lookup = typeof systemLookup

/** What the gate lets through, and how it looks up names. */
export interface GateOptions {
  readonly allowPrivate: readonly string[]
  readonly connectTimeoutMs: number
  readonly lookup?: Lookup | undefined
  readonly trust?: readonly string[] | undefined
}

/**
 * Opens connections, but only to public addresses and to those that were allowed. The check is on the address that the
 * socket is given, so a name that changes its mind between two look-ups gains nothing.
 */
export function makeGate(of: GateOptions): buildConnector.connector {
  const guard = makeGuard(of)
  const trust = of.trust && { ca: [...getCACertificates('default'), ...of.trust] }
  return (options, callback) => {
    const port = options.port || (options.protocol === 'https:' ? '443' : '80')
    const { lookup, refused } = guard(options.hostname, port)
    if (refused) return callback(refused, null)
    const connect = buildConnector({
      ...trust,
      lookup,
      allowH2: false,
      timeout: of.connectTimeoutMs,
    })
    connect(options, callback)
  }
}

/** What a socket to a place needs: a look-up that finds only addresses that may be called, or why there is none. */
export interface Guarded {
  readonly lookup: LookupFunction
  readonly refused?: Fault
  /** Whether an address that the name leads to may be called. */
  readonly isAllowed: (address: string) => boolean
}

/** Decides by place which addresses may be called. */
export function makeGuard(
  of: Pick<GateOptions, 'allowPrivate' | 'lookup'>,
): (hostname: string, port: string) => Guarded {
  const allowed = new Set(of.allowPrivate.map(readAllowance))
  return (hostname, port) => {
    const host = hostname.replace(/^\[|\]$/g, '').toLowerCase()
    const isAllowed = (address: string) =>
      isPublic(address) ||
      allowed.has(placeOf(host, port)) ||
      allowed.has(placeOf(address.toLowerCase(), port))
    const refusal = (address: string) =>
      outgoingFaults.private_address({ to: host, address, place: placeOf(host, port) })
    const lookup = guardedLookup(of.lookup ?? systemLookup, { isAllowed, refusal })
    // A socket does not look up what is an address already.
    const isRefused = isIP(host) !== 0 && !isAllowed(host)
    return { lookup, isAllowed, ...(isRefused ? { refused: refusal(host) } : {}) }
  }
}

/** Why a place is never called, as far as that is known without looking up its name; nothing where it may be. */
export function makeForesight(
  allowPrivate: readonly string[],
): (to: { readonly host: string; readonly port: number }) => Fault | undefined {
  const guard = makeGuard({ allowPrivate })
  return ({ host, port }) => {
    const { refused, isAllowed } = guard(host, String(port))
    if (refused) return refused
    const name = host.toLowerCase()
    const isHere = name === 'localhost' || name.endsWith('.localhost')
    const place = placeOf(name, String(port))
    return isHere && !isAllowed('127.0.0.1')
      ? outgoingFaults.private_address({ to: name, address: '127.0.0.1', place })
      : undefined
  }
}

interface Verdicts {
  readonly isAllowed: (address: string) => boolean
  readonly refusal: (address: string) => Fault
}

function guardedLookup(lookup: Lookup, { isAllowed, refusal }: Verdicts): LookupFunction {
  return (host, options, done) => {
    lookup(host, { ...options, all: true }, (error, found) => {
      if (error) return done(error, [])
      const bad = found.find(({ address }) => !isAllowed(address))
      if (bad) return done(refusal(bad.address), [])
      const [first] = found
      if (options.all || !first) return done(null, found)
      done(null, first.address, first.family)
    })
  }
}

const placeOf = (host: string, port: string) => `${isIP(host) === 6 ? `[${host}]` : host}:${port}`

function readAllowance(entry: string): string {
  const port = /:(\d{1,5})$/.exec(entry)?.[1]
  const url = URL.parse(`http://${entry}`)
  if (!port || !url || `${url.pathname}${url.search}${url.hash}${url.username}` !== '/') {
    throw outgoingFaults.bad_allowance({ entry })
  }
  return `${url.hostname}:${Number(port)}`
}
