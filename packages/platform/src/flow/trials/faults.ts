import { faults } from '#kernel/fault.ts'

/** What can be wrong with tests of definitions. */
export const trialFaults = faults('trial', {
  not_a_test: {
    status: 422,
    say: (d: { kind: string; key: string }) =>
      `"${d.kind}/${d.key}" is no test; files in the folder \`tests\` hold documents of \`kind: test\``,
    help: 'Definitions lie beside the folder `tests`, not in it. Move the document, or write `kind: test`.',
  },
  duplicate: {
    status: 422,
    say: (d: { key: string }) => `a test called "${d.key}" is there already`,
    help: 'Each test of a folder has a key of its own.',
  },
  none: {
    status: 404,
    say: (d: { folder: string }) => `there are no tests in ${d.folder}`,
    help: 'Tests are YAML files in the folder `tests` beside the definitions, with documents of `kind: test`.',
  },
  no_match: {
    status: 404,
    say: (d: { filter: string }) => `no test has "${d.filter}" in its name`,
    help: '`--filter` takes a part of the key, of the label or of the file of a test.',
  },
  unknown_stream: {
    status: 422,
    say: (d: { stream: string; near: string }) => `there is no stream "${d.stream}"${d.near}`,
    help: 'Rows and events name a stream by its key.',
  },
  takes_no_rows: {
    status: 422,
    say: (d: { stream: string }) => `"${d.stream}" receives events; give them under \`events\``,
    help: 'Streams that receive are given `events`, all others `rows`.',
  },
  takes_no_events: {
    status: 422,
    say: (d: { stream: string }) => `"${d.stream}" does not receive; give its \`rows\``,
    help: 'Streams that receive are given `events`, all others `rows`.',
  },
  unknown_object: {
    status: 422,
    say: (d: { object: string; near: string }) => `there is no model object "${d.object}"${d.near}`,
    help: 'Rows under `model` name a model object by its key.',
  },
  unknown_field: {
    status: 422,
    say: (d: { object: string; field: string; near: string }) =>
      `"${d.object}" has no field "${d.field}"${d.near}`,
    help: 'Rows under `model` have the fields of the model object.',
  },
  unfit_value: {
    status: 422,
    say: (d: { found: string; type: string }) => `${d.found} is not of type ${d.type}`,
    help: 'Rows under `model` are rows of the model as they are, so their values have the types of its fields. What sources bring, fitting or not, stands under `rows`.',
  },
  no_file: {
    status: 422,
    say: (d: { file: string }) => `there is no file ${d.file} beside the test`,
    help: 'A file of rows is named from the folder that the test stands in.',
  },
  bad_event: {
    status: 422,
    say: (d: { why: string }) => `the event is not taken: ${d.why}`,
    help: 'An event names its `stream`, may say when it comes (`at`), and is otherwise the message as a client sends it.',
  },
  bad_moment: {
    status: 422,
    say: (d: { found: string; later: string }) =>
      `${d.found} is no moment; write an instant such as 2026-03-01T09:00:00Z or 2026-03-01${d.later}`,
    help: 'A test begins at an instant, in UTC. Steps and events come at an instant, or so much later than what was before: `+90 seconds`, `+8 days`, `+2 weeks`.',
  },
  unknown_expected: {
    status: 422,
    say: (d: { kind: string; key: string; near: string }) =>
      `there is no ${d.kind} "${d.key}"${d.near}`,
    help: 'What a test expects names segments, insights, activations, actions, streams and states of firings as they are defined.',
  },
  backwards: {
    status: 422,
    say: (d: { at: string; now: string }) => `${d.at} lies before ${d.now}; time only goes on`,
    help: 'Steps, and the events of a step, follow each other in time.',
  },
})
