import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['packages/platform/{src,e2e}/**/*.test.ts', 'packages/console/src/**/*.test.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
})
