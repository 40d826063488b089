import { BlockList, isIP } from 'node:net'

/** Whether an IP address is one of the open internet: global unicast, and nothing set apart. */
export function isPublic(address: string): boolean {
  const family = isIP(address)
  if (family === 4) return !specialV4.check(address, 'ipv4')
  // IPv4 in IPv6 clothes (mapped, 6to4, Teredo, NAT64) is outside of these or among the special ones.
  return family === 6 && globalV6.check(address, 'ipv6') && !specialV6.check(address, 'ipv6')
}

// IANA IPv4 Special-Purpose Address Registry, multicast and class E. Metadata services live in 169.254/16.
const specialV4 = blocks('ipv4', [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.31.196.0/24',
  '192.52.193.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '192.175.48.0/24',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
])

// All global unicast addresses given out so far lie in 2000::/3; everything else is refused unnamed.
const globalV6 = blocks('ipv6', ['2000::/3'])

// IANA IPv6 Special-Purpose Address Registry within 2000::/3.
const specialV6 = blocks('ipv6', [
  '2001::/23',
  '2001:db8::/32',
  '2002::/16',
  '2620:4f:8000::/48',
  '3fff::/20',
])

function blocks(family: 'ipv4' | 'ipv6', ranges: readonly string[]): BlockList {
  const list = new BlockList()
  for (const range of ranges) {
    const [network = '', bits] = range.split('/')
    list.addSubnet(network, Number(bits), family)
  }
  return list
}
