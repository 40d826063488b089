import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { unpack } from './unpack.ts'

const limits = { mostBytes: 1024 * 1024, mostRatio: 200 }
const json = Buffer.from('{"batch":[{"type":"track","event":"Bought"}]}')
const unpacked = async (body: Buffer, label?: string) =>
  (await unpack(body, label, limits)).toString()

describe('unpacks by what the bytes are', () => {
  test.each([
    ['plain', json, undefined],
    ['plain, labelled gzip', json, 'gzip'],
    ['plain, labelled deflate', json, 'deflate'],
    ['plain, labelled br', json, 'br'],
    ['plain, labelled with what nobody knows', json, 'snappy'],
    ['gzip', gzipSync(json), 'gzip'],
    ['gzip without a label', gzipSync(json), undefined],
    ['gzip, labelled deflate', gzipSync(json), 'deflate'],
    ['gzip in gzip', gzipSync(gzipSync(json)), 'gzip, gzip'],
    ['zlib', deflateSync(json), 'deflate'],
    ['zlib without a label', deflateSync(json, { level: 1 }), undefined],
    ['bare deflate', deflateRawSync(json), 'deflate'],
    ['brotli', brotliCompressSync(json), 'br'],
  ])('%s', async (_, body, label) => {
    expect(await unpacked(body, label)).toBe(json.toString())
  })
})

test('nothing stays nothing', async () => {
  expect(await unpacked(Buffer.alloc(0), 'gzip')).toBe('')
})

test.each([
  ['cut off', gzipSync(json).subarray(0, 30), 'gzip'],
  ['damaged', Buffer.concat([gzipSync(json).subarray(0, 12), Buffer.alloc(20, 7)]), 'gzip'],
  ['no brotli', Buffer.from([1, 2, 3, 4, 5, 6, 7, 8]), 'br'],
])('%s: says so', async (_, body, label) => {
  await expect(unpack(body, label, limits)).rejects.toMatchObject({
    code: 'wire.not_unpacked',
    status: 400,
  })
})

describe('a bomb', () => {
  const zeros = Buffer.alloc(32 * 1024 * 1024)

  test.each([
    ['gzip', gzipSync(zeros)],
    ['gzip in gzip', gzipSync(gzipSync(zeros))],
    ['zlib', deflateSync(zeros)],
    ['brotli', brotliCompressSync(zeros)],
  ])('of %s is not unpacked beyond the limit', async (_, bomb) => {
    const before = process.memoryUsage().rss
    await expect(unpack(bomb, 'br', limits)).rejects.toMatchObject({
      code: 'wire.too_large',
      status: 413,
    })
    expect(process.memoryUsage().rss - before).toBeLessThan(24 * 1024 * 1024)
  })

  test('below the limit is known by its ratio', async () => {
    const small = gzipSync(Buffer.alloc(900 * 1024))
    await expect(unpack(small, undefined, limits)).rejects.toMatchObject({ code: 'wire.too_large' })
    // Small bodies may shrink as well as they can.
    expect((await unpack(gzipSync(Buffer.alloc(60 * 1024)), undefined, limits)).length).toBe(61_440)
  })

  test('keeps nobody waiting', async () => {
    const bombs = Array.from({ length: 20 }, () =>
      unpack(gzipSync(Buffer.alloc(1024 * 1024, 'ab')), 'gzip', { ...limits, mostRatio: 2000 }),
    )
    let unpacked = 0
    for (const bomb of bombs) void bomb.then(() => unpacked++)
    await new Promise((settle) => setImmediate(settle))
    expect(unpacked).toBeLessThan(bombs.length)
    await Promise.all(bombs)
    expect(unpacked).toBe(bombs.length)
  })
})
