import type { PlacedFailure, TrialResult } from './run.ts'

/** What a person reads of one test: a line, and all that does not hold. */
export function resultText({ key, label, file, ms, failures }: TrialResult): string {
  const name = label === undefined ? key : `${key}: ${label}`
  const head = `${failures.length === 0 ? 'ok    ' : 'FAILED'}  ${name}  (${file}, ${ms} ms)`
  return [head, ...failures.map(failureText)].join('\n')
}

function failureText({ step, now, at, say, why }: PlacedFailure): string {
  const where = step === 0 ? `at the beginning (${now})` : `step ${step} (${now})`
  const lines = [`        ${where} ${at}`, `          ${say}`]
  const reasons = why?.split('\n').map((line) => `            ${line}`) ?? []
  return [...lines, ...reasons].join('\n')
}

/** The last line: how many there were. */
export function summaryText(results: readonly TrialResult[]): string {
  const failed = results.filter(({ failures }) => failures.length > 0).length
  const tests = results.length === 1 ? '1 test' : `${results.length} tests`
  return failed === 0 ? `${tests}, all hold` : `${tests}, ${failed} failed`
}

/** The results as JUnit XML, for servers that build. */
export function junitOf(results: readonly TrialResult[]): string {
  const failed = results.filter(({ failures }) => failures.length > 0).length
  const seconds = (ms: number) => (ms / 1000).toFixed(3)
  const total = results.reduce((sum, { ms }) => sum + ms, 0)
  const cases = results.map(({ key, file, ms, failures }) => {
    const head = `    <testcase name="${escaped(key)}" classname="${escaped(file)}" time="${seconds(ms)}"`
    if (failures.length === 0) return `${head}/>`
    const text = failures.map(failureText).join('\n')
    const message = escaped(failures[0]?.say ?? '')
    return `${head}>\n      <failure message="${message}">${escaped(text)}</failure>\n    </testcase>`
  })
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites tests="${results.length}" failures="${failed}" time="${seconds(total)}">`,
    `  <testsuite name="tessera" tests="${results.length}" failures="${failed}" time="${seconds(total)}">`,
    ...cases,
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n')
}

const escaped = (text: string): string =>
  text
    // XML has no characters below the blank but these three.
    .replaceAll(/[^\t\n\r\x20-\uFFFD]/gu, '\uFFFD')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
