import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import { expect, test } from 'vitest'
import { addressOf, baseOf } from './address.ts'

function request(address: string, headers: Record<string, string> = {}): IncomingMessage {
  const socket = new Socket()
  Object.defineProperty(socket, 'remoteAddress', { value: address })
  return Object.assign(new IncomingMessage(socket), { headers })
}

const noted = { 'x-forwarded-for': '6.6.6.6, 203.0.113.9, 10.0.0.2' }

test.each([
  ['nobody is believed unless there are proxies', 0, noted, '10.0.0.1'],
  ['one proxy notes the last', 1, noted, '10.0.0.2'],
  ['two proxies', 2, noted, '203.0.113.9'],
  ['more proxies than notes', 9, noted, '6.6.6.6'],
  ['a proxy that notes nothing', 1, {}, '10.0.0.1'],
  ['a sender that wants none kept', 0, { 'x-ip-policy': 'remove' }, undefined],
  ['a sender that wants half of it kept', 0, { 'x-ip-policy': 'stripLastOctet' }, '10.0.0.0'],
])('%s', (_, proxies, headers, address) => {
  expect(addressOf(request('::ffff:10.0.0.1', headers), proxies)).toBe(address)
})

test.each([
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1::'],
  ['2001:db8::7:8', '2001:db8::'],
  ['::1', '::'],
])('of %s only %s is kept', (address, half) => {
  expect(addressOf(request(address, { 'x-ip-policy': 'stripLastOctet' }), 0)).toBe(half)
})

test('the host is what the client asked, or what the proxy says that it asked', () => {
  const headers = {
    host: 'inside:3000',
    'x-forwarded-host': 'cdp.example',
    'x-forwarded-proto': 'https',
  }
  expect(baseOf(request('10.0.0.1', headers), 0)).toEqual({ protocol: 'http', host: 'inside:3000' })
  expect(baseOf(request('10.0.0.1', headers), 1)).toEqual({
    protocol: 'https',
    host: 'cdp.example',
  })
})
