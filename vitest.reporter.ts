import type { Reporter, TestCase, TestModule } from 'vitest/node'

/** Says at the end what was left out and why, and closes with one plain line of counts. */
export class LeftOutReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()])
    const count = (state: string) => tests.filter((test) => test.result().state === state).length
    // A file whose set-up failed has no failed test, only tests that did not run.
    const broken = modules.filter((module) => module.state() === 'failed' && !failedIn(module))
    const skipped = tests.filter((test) => test.result().state === 'skipped')
    if (skipped.length > 0) write(`\nleft out on this machine:\n${reasons(skipped).join('\n')}\n`)
    write(
      `\n${count('passed')} passed, ${count('failed') + broken.length} failed, ${skipped.length} skipped\n`,
    )
  }
}

/** Tests that were left out, by the reason that their name gives in brackets. */
function reasons(tests: readonly TestCase[]): readonly string[] {
  const byReason = Map.groupBy(
    tests,
    ({ fullName }) => /\(left out: (.*?)\)/.exec(fullName)?.[1] ?? 'no reason given',
  )
  return [...byReason].map(([reason, of]) => `  ${of.length} tests: ${reason}`)
}

const failedIn = (module: TestModule): boolean =>
  [...module.children.allTests()].some((test) => test.result().state === 'failed')

const write = (text: string) => process.stdout.write(text)
