import { expect, test } from 'vitest'
import { isPublic } from './addresses.ts'

test.each(['1.1.1.1', '93.184.215.14', '172.32.0.1', '2606:4700:4700::1111', '2a00:1450:4001::5'])(
  '%s is public',
  (address) => expect(isPublic(address)).toBe(true),
)

test.each([
  ['this host', '0.0.0.0'],
  ['private', '10.1.2.3'],
  ['private', '172.16.0.1'],
  ['private', '192.168.1.1'],
  ['carrier-grade NAT', '100.64.0.1'],
  ['loopback', '127.8.8.8'],
  ['metadata', '169.254.169.254'],
  ['metadata', 'fd00:ec2::254'],
  ['multicast', '224.0.0.1'],
  ['broadcast', '255.255.255.255'],
  ['documentation', '203.0.113.5'],
  ['unspecified', '::'],
  ['loopback', '::1'],
  ['link-local', 'fe80::1'],
  ['link-local with zone', 'fe80::1%eth0'],
  ['unique local', 'fc00::1'],
  ['multicast', 'ff02::1'],
  ['mapped, even if public', '::ffff:1.1.1.1'],
  ['mapped in hex', '::ffff:7f00:1'],
  ['NAT64', '64:ff9b::7f00:1'],
  ['6to4', '2002:7f00:1::'],
  ['Teredo', '2001:0:7f00:1::'],
  ['no address', 'example.com'],
])('%s is not public: %s', (_, address) => expect(isPublic(address)).toBe(false))
