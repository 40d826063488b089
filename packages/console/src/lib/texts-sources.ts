import { counted, formatCount } from './format.ts'

/** What the guide that connects a system says. */
export const sourceTexts = {
  title: 'Connect a system',
  about: 'Choose, try it out, look into it, define it. Nothing is defined before the last step.',
  open: 'Connect a system',
  steps: {
    connector: 'Which system',
    settings: 'How it is reached',
    source: 'What is taken',
    stream: 'The stream',
  },
  choose: (label: string) => `Take ${label}`,
  another: 'Choose another system',
  receives: 'sends by itself',
  senders: 'Sites and apps are set up on the page of senders, with lines to copy.',
  key: 'Key of the connection',
  keyAbout: 'Small letters, digits and _. A connection of this key is changed if there is one.',
  label: 'Name',
  settings: 'Settings',
  noSettings: 'Nothing has to be set.',
  test: 'Test the connection',
  works: (offers: number) =>
    offers === 0
      ? 'The settings are sound; it offers nothing by itself. Whether it answers is seen by looking into it.'
      : `It answers; ${counted(offers, 'thing', 'things')} can be taken from it.`,
  search: 'Search what it offers',
  searchHint: 'Name',
  offers: 'What it offers',
  offer: (name: string) => `Take ${name}`,
  more: (shown: number, all: number) =>
    `The first ${formatCount(shown)} of ${formatCount(all)} are shown; search for others.`,
  columns: { name: 'Name', size: 'Size', changed: 'Changed', take: '' },
  take: 'Take',
  taken: 'Taken',
  further: 'More about the source',
  noneOffered: 'It offers nothing by itself. Say below what is to be taken.',
  look: 'Look into it',
  looked: (fields: number, batch: string) =>
    `${counted(fields, 'field was', 'fields were')} found in ${batch}.`,
  fields: { name: 'Field', type: 'Type', filled: 'Filled', examples: 'Such as' },
  streamKey: 'Key of the stream',
  mode: 'What a run brings',
  modes: {
    full: 'All rows',
    upsert: 'Rows that replace others',
    append: 'Rows that only come once',
  },
  primaryKey: 'Key of a row',
  primaryKeyAbout: 'One or several fields that tell rows apart.',
  category: 'Kind of rows',
  categories: { profile: 'People and firms', engagement: 'What happened', other: 'Anything else' },
  schedule: 'Looks by itself',
  scheduleHint: '0 * * * * (each hour); only on demand when empty',
  create: 'Define connection and stream',
  created: (key: string) => `The stream ${key} is defined.`,
  undo: 'Undo',
  undone: 'Both were taken back.',
  map: 'Map its fields',
  run: 'Run now',
  running: 'Running',
  failed: 'The run failed',
}
