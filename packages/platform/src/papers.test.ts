import { expect, test } from 'vitest'
import { allFaults, papers, read } from './papers.ts'

test('the printed parts of the docs are those of the code', async () => {
  for (const { file, text } of await papers()) {
    expect(read(file) === text, `${file} is out of date: npm run docs`).toBe(true)
  }
})

test('every fault says what to do', async () => {
  const faults = await allFaults()
  expect(faults.length).toBeGreaterThan(50)
  for (const { code, help, status } of faults) {
    expect(code).toMatch(/^[a-z]+\.[a-z0-9_]+$/)
    expect(help.length, code).toBeGreaterThan(30)
    expect(status).toBeGreaterThanOrEqual(400)
  }
})

test('READMEs of rooms are under forty lines, the first README under 150', () => {
  expect(read('README.md').split('\n').length).toBeLessThan(150)
})
