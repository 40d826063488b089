import { expect, test } from 'vitest'
import { bucketAddress, listAddress, objectAddress } from './address.ts'

test.each([
  [{}, 'https://shop.s3.eu-west-1.amazonaws.com'],
  [{ path_style: true }, 'https://s3.eu-west-1.amazonaws.com/shop'],
  [{ bucket: 'my.shop' }, 'https://s3.eu-west-1.amazonaws.com/my.shop'],
  [{ region: 'cn-north-1' }, 'https://shop.s3.cn-north-1.amazonaws.com.cn'],
  [{ endpoint: 'http://store:9000' }, 'http://store:9000/shop'],
  [{ endpoint: 'https://store/s3/' }, 'https://store/s3/shop'],
  [{ endpoint: 'https://store', path_style: false }, 'https://shop.store'],
])('%j is at %s', (settings, address) => {
  expect(bucketAddress({ bucket: 'shop', region: 'eu-west-1', ...settings })).toBe(address)
})

test('writes names so that they are read as the same ones', () => {
  const key = "/a//b c+d%2F(ü)!'*.csv?#"
  const address = objectAddress('https://x', key) ?? ''
  expect(decodeURIComponent(new URL(address).pathname)).toBe(`/${key}`)
  expect(objectAddress('https://x', 'a/../b')).toBeUndefined()
  expect(listAddress('https://x', { prefix: 'a b+c', y: '' })).toBe('https://x?prefix=a%20b%2Bc&y=')
})
