import { counted, formatCount } from './format.ts'

const rows = (count: number) => counted(count, 'row', 'rows')

/** What the page of questions in SQL says. */
export const exploreTexts = {
  title: 'Explore',
  about:
    'Ask anything of the lake, the model, profiles, insights and segments, in SQL; nothing is changed by asking',
  sql: 'SQL',
  run: 'Run',
  runKeys: 'Ctrl+Enter',
  running: (seconds: number) => `Running for ${formatCount(seconds)} s`,
  timeLimit: (seconds: number) => `at most ${formatCount(seconds)} s`,
  stopped: 'The question was cancelled.',
  rowLimit: 'Most rows',
  limits: (count: number) => `up to ${rows(count)}`,
  idle: 'No question was asked yet',
  idleHelp: 'Write one above, or choose a table on the side; Ctrl+Enter runs it.',
  found: (count: number, took: string) => `${rows(count)} in ${took}`,
  truncated: (limit: number) => `There are more: only the first ${formatCount(limit)} are shown.`,
  noRows: 'Nothing fits the question',
  noRowsHelp: 'It ran well; there are just no rows like that.',
  views: { table: 'Table', chart: 'Chart' },
  view: 'How to show it',
  exports: { csv: 'CSV', json: 'JSON' },
  exportAs: (format: string) => `Export as ${format}`,
  exportAbout: (count: number) => `the ${rows(count)} that are shown`,
  result: 'Result',
  chart: {
    type: 'Kind of chart',
    types: { bar: 'Bars', line: 'Lines' },
    x: 'Along',
    y: 'Measures',
    series: 'Apart by',
    none: 'Choose what stands along the chart, and at least one measure that is a number.',
    label: (measures: string, x: string) => `${measures} by ${x}`,
    steps: (shown: number, all: number) =>
      `The first ${formatCount(shown)} of ${formatCount(all)} values are drawn.`,
    refused: (measures: readonly string[]) =>
      `Not drawn: ${measures.join(', ')}. Several rows have one place in the chart, and ${measures.length === 1 ? 'this measure' : 'these measures'} cannot be added up.`,
    together: (measures: readonly string[]) =>
      `Several rows have one place in the chart; their ${measures.join(', ')} ${measures.length === 1 ? 'is' : 'are'} added up. Where that is wrong, group them in the question.`,
    seriesLeftOut: (count: number) => `${counted(count, 'series is', 'series are')} left out.`,
  },
  side: { tables: 'Tables', saved: 'Saved' },
  tables: {
    search: 'Search tables',
    hint: 'Table or column',
    none: 'No table or column is called so',
    empty: 'There are no tables yet',
    emptyHelp: 'They appear with the first stream.',
    insert: (name: string) => `Put ${name} into the question`,
  },
  saved: {
    empty: 'Nothing is saved yet',
    emptyHelp: 'A question that is saved stands here for everybody, and in the definitions.',
    save: 'Save',
    saveNew: 'Save as new',
    name: 'Name',
    keep: 'Save it',
    kept: (name: string) => `“${name}” is saved.`,
    remove: (name: string) => `Remove ${name}`,
    changed: 'Not saved yet',
    newQuestion: 'New question',
  },
} as const
