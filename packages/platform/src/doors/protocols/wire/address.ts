import type { IncomingMessage } from 'node:http'

/**
 * The address a request came from, or nothing where its sender wants none kept. Of the addresses that proxies noted,
 * only as many are believed as there are proxies.
 */
export function addressOf(request: IncomingMessage, proxies: number): string | undefined {
  const { 'x-forwarded-for': noted, 'x-ip-policy': policy } = request.headers
  if (policy === 'remove') return undefined
  const forwarded = proxies > 0 ? listOf(noted) : []
  const address = plainAddress(
    forwarded.at(-proxies) ?? forwarded[0] ?? request.socket.remoteAddress,
  )
  return policy === 'stripLastOctet' ? withoutHost(address) : address
}

/** Where a client reached this server, for answers that name it. */
export function baseOf(
  request: IncomingMessage,
  proxies: number,
): { readonly protocol: 'http' | 'https'; readonly host: string } {
  const { headers, socket } = request
  const [host] = proxies > 0 ? listOf(headers['x-forwarded-host']) : []
  const [protocol] = proxies > 0 ? listOf(headers['x-forwarded-proto']) : []
  const isSecure = protocol === undefined ? 'encrypted' in socket : protocol === 'https'
  return { protocol: isSecure ? 'https' : 'http', host: host ?? headers.host ?? 'localhost' }
}

function listOf(header: string | readonly string[] | undefined): readonly string[] {
  if (header === undefined) return []
  const text = typeof header === 'string' ? header : header.join(',')
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
}

// An IPv4 address may come inside an IPv6 one.
const plainAddress = (address: string | undefined): string | undefined =>
  address?.startsWith('::ffff:') ? address.slice(7) : address

// Of an IPv4 address the last part goes, of an IPv6 one all but the first 48 bits.
function withoutHost(address: string | undefined): string | undefined {
  if (address === undefined) return undefined
  const lastDot = address.lastIndexOf('.')
  if (lastDot >= 0) return `${address.slice(0, lastDot)}.0`
  const [before = ''] = address.split('::')
  return `${before.split(':').slice(0, 3).join(':')}::`
}
