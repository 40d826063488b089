import type { Command } from '../command.ts'

/** Runs the tests that lie beside definitions. */
export const test: Command = {
  name: 'test',
  takes: '[<folder>]',
  about:
    'Run the tests beside the definition files: fixtures in, members, values and deliveries out',
  options: {
    filter: { type: 'string', about: 'Only tests with this in their key, label or file' },
    junit: { type: 'string', about: 'Also write the results to this file, as JUnit XML' },
  },
  // The rooms that tests need are read only for them: no other command starts later for their sake.
  run: async (call, tools) => (await import('../tests.ts')).runTests(call, tools),
}
