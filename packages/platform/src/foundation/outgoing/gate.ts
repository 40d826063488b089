import { lookup as systemLookup } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import { getCACertificates } from 'node:tls'
import { buildConnector } from 'undici'
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
  const allowed = new Set(of.allowPrivate.map(readAllowance))
  const trust = of.trust && { ca: [...getCACertificates('default'), ...of.trust] }
  return (options, callback) => {
    const host = options.hostname.replace(/^\[|\]$/g, '').toLowerCase()
    const port = options.port || (options.protocol === 'https:' ? '443' : '80')
    const isAllowed = (address: string) =>
      isPublic(address) ||
      allowed.has(placeOf(host, port)) ||
      allowed.has(placeOf(address.toLowerCase(), port))
    // A socket does not look up what is an address already.
    if (isIP(host) !== 0 && !isAllowed(host)) return callback(refusal(host, host), null)
    const lookup = guardedLookup(of.lookup ?? systemLookup, isAllowed)
    const connect = buildConnector({
      ...trust,
      lookup,
      allowH2: false,
      timeout: of.connectTimeoutMs,
    })
    connect(options, callback)
  }
}

function guardedLookup(lookup: Lookup, isAllowed: (address: string) => boolean): LookupFunction {
  return (host, options, done) => {
    lookup(host, { ...options, all: true }, (error, found) => {
      if (error) return done(error, [])
      const bad = found.find(({ address }) => !isAllowed(address))
      if (bad) return done(refusal(host, bad.address), [])
      const [first] = found
      if (options.all || !first) return done(null, found)
      done(null, first.address, first.family)
    })
  }
}

const refusal = (to: string, address: string) => outgoingFaults.private_address({ to, address })

const placeOf = (host: string, port: string) => `${isIP(host) === 6 ? `[${host}]` : host}:${port}`

function readAllowance(entry: string): string {
  const port = /:(\d{1,5})$/.exec(entry)?.[1]
  const url = URL.parse(`http://${entry}`)
  if (!port || !url || `${url.pathname}${url.search}${url.hash}${url.username}` !== '/') {
    throw outgoingFaults.bad_allowance({ entry })
  }
  return `${url.hostname}:${Number(port)}`
}
