import { defineConfig } from 'vitest/config'
import { LeftOutReporter } from './vitest.reporter.ts'

export default defineConfig({
  test: {
    include: [
      'packages/platform/{src,e2e}/**/*.test.ts',
      'packages/console/src/**/*.test.ts',
      'packages/sdk/src/**/*.test.ts',
    ],
    // Two cores: more processes would only wait for each other.
    maxWorkers: 2,
    // What is waited for comes sooner or later: later on a machine that others keep busy.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 20_000 } },
    reporters: ['default', new LeftOutReporter()],
    // The engine's queries take pool threads; see packages/platform/bin/tessera.js.
    env: { UV_THREADPOOL_SIZE: '16' },
  },
})
