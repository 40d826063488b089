import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { csvHead, printRecord } from './csv-head.ts'
import { keepFile } from './keep-file.ts'

const folder = mkdtempSync(join(tmpdir(), 'tessera-files-'))
afterAll(() => rmSync(folder, { recursive: true }))

let files = 0
const newPath = () => join(folder, `${++files}.csv`)

const cell = fc.string({ unit: fc.constantFrom('a', 'é', '"', ',', '\r', '\n', ' ', '€') })
const cells = fc.array(cell, { minLength: 1, maxLength: 5 })

test('a head that is printed is read back, whatever follows', () => {
  fc.assert(
    fc.property(cells, fc.constantFrom('', 'a,b\n', '"', '\r\n'), (head, rest) => {
      const line = printRecord(head)
      expect(csvHead(line + rest, false)).toEqual({ cells: head, length: line.length })
    }),
  )
})

test('a head is not read before it has ended', () => {
  fc.assert(
    fc.property(cells, (head) => {
      const line = printRecord(head)
      for (let cut = 0; cut < line.length; cut++)
        expect(csvHead(line.slice(0, cut), false)).toBeUndefined()
    }),
    { numRuns: 30 },
  )
})

/** Bytes in pieces, cut at these places. */
async function* inPieces(bytes: Buffer, cuts: readonly number[]) {
  const places = [...cuts.map((cut) => cut % (bytes.length + 1)), 0, bytes.length]
  const sorted = places.toSorted((a, b) => a - b)
  for (const [i, start] of sorted.entries()) yield bytes.subarray(start, sorted[i + 1] ?? start)
}

test('however a file is cut into pieces, it is kept as it is, without its byte order mark', async () => {
  await fc.assert(
    fc.asyncProperty(
      cells.filter((head) => head.some((of) => of.trim() !== '')),
      fc.string({ unit: fc.constantFrom('a', 'é', '\r\n', ',') }),
      fc.array(fc.nat(500)),
      fc.boolean(),
      async (head, rest, cuts, isMarked) => {
        const text = printRecord(head) + rest
        const bytes = Buffer.from((isMarked ? '\ufeff' : '') + text)
        const path = newPath()
        let seen: readonly string[] = []
        const kept = await keepFile(inPieces(bytes, cuts), path, {
          mostBytes: 10_000,
          headerOf: (columns) => {
            seen = columns
            return { columns, isMissing: false }
          },
        })
        expect(seen).toEqual(head)
        expect(kept).toEqual({ columns: head, sizeBytes: bytes.length })
        expect(readFileSync(path, 'utf8')).toBe(text)
      },
    ),
    { numRuns: 40 },
  )
})

test('a file is not read faster than it is written', async () => {
  const path = newPath()
  let most = 0
  async function* large() {
    yield Buffer.from('a,b\n')
    for (let sent = 0; sent < 20e6; sent += 1e5) {
      most = Math.max(most, sent - (statSync(path, { throwIfNoEntry: false })?.size ?? 0))
      yield Buffer.alloc(1e5, 'x')
    }
  }
  const headerOf = (columns: readonly string[]) => ({ columns, isMissing: false })
  await keepFile(large(), path, { mostBytes: 21e6, headerOf })
  expect(most).toBeLessThan(1e6)
})

test('a file that is too large is refused on the way, and nothing of it stays', async () => {
  const path = newPath()
  const headerOf = (columns: readonly string[]) => ({ columns, isMissing: false })
  const bytes = Buffer.from('a,b\n1,2\n')
  await expect(
    keepFile(inPieces(bytes, [5]), path, { mostBytes: 7, headerOf }),
  ).rejects.toMatchObject({
    status: 413,
  })
  expect(() => statSync(path)).toThrow()
})
