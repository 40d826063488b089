import { expect, test } from 'vitest'
import { columnsOf, fitInto, type LayoutNode, layOut, lineageOf } from './graph-layout.ts'

const ranks = ['stream', 'model', 'profile', 'segment', 'activation'] as const
const node = (key: string, kind: (typeof ranks)[number], ...inputs: string[]): LayoutNode => ({
  key,
  rank: ranks.indexOf(kind),
  inputs,
})

const sizes = { width: 100, height: 40, across: 50, between: 10 }

test('each kind has a column, in the order data runs', () => {
  const nodes = [
    node('vips', 'segment', 'people'),
    node('crm', 'stream'),
    node('people', 'profile', 'crm'),
  ]
  expect(columnsOf(nodes)).toEqual([['crm'], ['people'], ['vips']])
})

test('what is made from its own kind stands further on', () => {
  const nodes = [node('all', 'segment'), node('some', 'segment', 'all'), node('out', 'activation')]
  expect(columnsOf(nodes)).toEqual([['all'], ['some'], ['out']])
})

test('a circle does not hang the picture', () => {
  const nodes = [node('a', 'segment', 'b'), node('b', 'segment', 'a')]
  expect(columnsOf(nodes).flat().toSorted()).toEqual(['a', 'b'])
})

test('nodes that belong together stand at the same height', () => {
  const nodes = [
    node('s1', 'stream'),
    node('s2', 'stream'),
    node('s3', 'stream'),
    node('m3', 'model', 's3'),
    node('m2', 'model', 's2'),
    node('m1', 'model', 's1'),
  ]
  const spots = layOut(nodes, sizes)
  for (const i of [1, 2, 3]) expect(spots.get(`s${i}`)?.y).toBe(spots.get(`m${i}`)?.y)
})

test('no two nodes stand on the same spot, and short columns stand in the middle', () => {
  const nodes = [
    node('a', 'stream'),
    node('b', 'stream'),
    node('c', 'stream'),
    node('m', 'model', 'a', 'b', 'c'),
  ]
  const spots = layOut(nodes, sizes)
  expect(new Set([...spots.values()].map(({ x, y }) => `${x} ${y}`)).size).toBe(4)
  expect(spots.get('m')).toEqual({ x: 150, y: 50 })
})

const column = (length: number) =>
  Array.from({ length }, (_, i) => node(`s${i}`, 'stream')).concat(node('m', 'model', 's0'))
const fitOf = (width: number, height: number) =>
  fitInto({ width, height }, column(4), { width: 240, height: 40, between: 10 })

test('a picture with room to spare is drawn in its own size, its columns apart within limits', () => {
  expect(fitOf(600, 500)).toEqual({ zoom: 1, across: 120, height: 500, left: 0, top: 150 })
  expect(fitOf(1000, 500)).toMatchObject({ across: 190, left: 165 })
})

test('a picture in a small place becomes smaller, but stays readable and may be higher than the place', () => {
  expect(fitOf(600, 160).zoom).toBe(0.8)
  expect(fitOf(100, 10)).toEqual({ zoom: 0.72, across: 56, height: 144, left: 0, top: 0 })
})

test('nothing is laid out as nothing', () => {
  expect(layOut([], sizes).size).toBe(0)
})

test('the lineage is everything before and after, not what stands beside', () => {
  const nodes = [
    node('crm', 'stream'),
    node('shop', 'stream'),
    node('person', 'model', 'crm'),
    node('order', 'model', 'shop'),
    node('vips', 'segment', 'person', 'order'),
  ]
  expect([...lineageOf('person', nodes)].toSorted()).toEqual(['crm', 'person', 'vips'])
})
