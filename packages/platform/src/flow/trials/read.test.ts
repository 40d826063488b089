import { expect, test } from 'vitest'
import { instantOf } from './definition.ts'
import { readTrials } from './read.ts'
import { junitOf, resultText, summaryText } from './report.ts'

const read = (text: string) => readTrials([{ file: 'a.yaml', text }])

test('all that is wrong with the files is told, each with its line', () => {
  const { trials, problems } = read(`kind: test
key: good
now: 2026-01-01
---
kind: test
key: bad
now: yesterday
rows: { contacts: 5 }
steps:
  - at: 8 days
    expect: { segment: {} }
---
kind: test
key: good
now: 2026-01-01
---
kind: segment
key: vips
label: VIPs
`)
  expect(trials.map(({ key }) => key)).toEqual(['good', 'good'])
  const places = problems.map(({ line, path }) => `${line} ${path}`)
  expect(places).toEqual(
    expect.arrayContaining(['7 now', '10 steps[0].at', '11 steps[0].expect.segment']),
  )
  expect(problems.map(({ code }) => code)).toEqual(
    expect.arrayContaining(['trial.duplicate', 'trial.not_a_test']),
  )
})

test.each([
  ['now: 2026-13-01', 'now', '"2026-13-01" is no moment'],
  ['now: 2026-02-31T10:00:00Z', 'now', '"2026-02-31T10:00:00Z" is no moment'],
  ['now: +8 days', 'now', '"+8 days" is no moment'],
  ['now: 2026-01-01\nsteps: [{ at: +0 days }]', 'steps[0].at', 'such as "+8 days"'],
  ['now: 2026-01-01\nsteps: [{ at: +3 fortnights }]', 'steps[0].at', '"+3 fortnights"'],
  ['now: 2026-01-01\nevents: [{}, { at: yesterday }]', 'events[1].at', '"yesterday"'],
  ['now: 2026-01-01\nsteps: [{ events: [{ at: 5 }] }]', 'steps[0].events[0].at', '5 is no moment'],
])('of the moments in "%s" the wrong one is told', (text, path, say) => {
  const { trials, problems } = read(`kind: test\nkey: a\n${text}\n`)
  expect(trials).toEqual([])
  expect(problems).toMatchObject([
    { path, code: 'trial.bad_moment', say: expect.stringContaining(say) },
  ])
})

test('broken YAML is told with its place', () => {
  expect(read('kind: test\nkey: a\nnow: [2026\n').problems[0]).toMatchObject({ file: 'a.yaml' })
})

test.each([
  ['+8 days', '2026-01-09T00:00:00.000Z'],
  ['+1 hour', '2026-01-01T01:00:00.000Z'],
  ['+2 weeks', '2026-01-15T00:00:00.000Z'],
  ['2026-03-01T10:30:00Z', '2026-03-01T10:30:00.000Z'],
])('%s after the first of January is %s', (moment, instant) => {
  expect(instantOf(moment, new Date('2026-01-01T00:00:00Z')).toISOString()).toBe(instant)
})

test('results are told to people and to servers that build', () => {
  const good = { key: 'good', label: 'Good & fine', file: 'a.yaml', ms: 1500, failures: [] }
  const failure = {
    at: 'segments.x',
    say: 'a < "b"',
    why: 'include: no \u0001',
    step: 2,
    now: '2026-01-01T00:00:00.000Z',
  }
  const bad = { key: 'bad', file: 'a.yaml', ms: 20, failures: [failure] }
  expect(resultText(good)).toBe('ok      good: Good & fine  (a.yaml, 1500 ms)')
  expect(resultText(bad)).toBe(`FAILED  bad  (a.yaml, 20 ms)
        step 2 (2026-01-01T00:00:00.000Z) segments.x
          a < "b"
            include: no \u0001`)
  expect(summaryText([good])).toBe('1 test, all hold')
  expect(summaryText([good, bad])).toBe('2 tests, 1 failed')
  const xml = junitOf([good, bad])
  expect(xml).toContain('<testsuites tests="2" failures="1" time="1.520">')
  expect(xml).toContain('<testcase name="good" classname="a.yaml" time="1.500"/>')
  expect(xml).toContain('<failure message="a &lt; &quot;b&quot;">')
  expect(xml).toContain('include: no \uFFFD')
})
