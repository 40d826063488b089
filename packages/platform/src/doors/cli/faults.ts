import { faults } from '#kernel/fault.ts'

/** What can be wrong with a command. */
export const cliFaults = faults('cli', {
  unknown_command: {
    status: 400,
    say: (d: { name: string; near: string }) => `there is no command "${d.name}"${d.near}`,
    help: 'The command does not exist. `tessera help` lists all commands.',
  },
  missing_word: {
    status: 400,
    say: (d: { command: string; takes: string }) => `tessera ${d.command} needs ${d.takes}`,
    help: 'The command lacks a word. `tessera help <command>` shows how it is called.',
  },
  bad_option: {
    status: 400,
    say: (d: { why: string }) => d.why,
    help: 'An option is not known or lacks its value. `tessera help <command>` lists the options.',
  },
  bad_given: {
    status: 400,
    say: (d: { word: string }) =>
      `"${d.word}" gives no parameter a value; write it as name=value, such as city=Paris`,
    help: 'Values of parameters follow the segment, each as name=value; several values of a list with commas between them.',
  },
  tests_failed: {
    status: 422,
    say: (d: { failed: number; of: number }) => `${d.failed} of ${d.of} tests failed`,
    help: 'What does not hold is told test by test, above. The exit code is 1.',
  },
  destination_fails: {
    status: 422,
    say: (d: { key: string; why: string }) => `the destination "${d.key}" does not work: ${d.why}`,
    help: 'What went well before is told above. The exit code is 1.',
  },
  no_such_file: {
    status: 404,
    say: (d: { file: string }) => `there is no file ${d.file}`,
    help: 'The file named on the command line does not exist or cannot be read. Check the path.',
  },
  unreachable: {
    status: 503,
    say: (d: { address: string }) => `the server at ${d.address} does not answer`,
    help: 'The data folder is held by a server that cannot be reached. Look at its log, or stop it.',
  },
  no_answer: {
    status: 502,
    say: (d: { status: number; address: string }) =>
      `${d.address} answered with the HTTP status ${d.status} and without a reason of Tessera; ${whatToDo(d.status)}`,
    help: 'What answered refused before Tessera could, or is not Tessera. With 413, 414 or 431 the command said too much at once: make its words shorter. Otherwise look at the log of the server, and at what stands before it, such as a proxy.',
  },
  nodes_failed: {
    status: 500,
    say: (d: { failed: number; of: number }) =>
      `${d.failed} of ${d.of} nodes failed; what depends on them keeps its last good result`,
    help: 'A run did what it could and some nodes failed, each with its own fault above. Put right what they say and run again.',
  },
  not_empty: {
    status: 409,
    say: (d: { folder: string }) => `${d.folder} is not empty`,
    help: 'The command only writes into an empty folder, so that nothing is overwritten. Name another folder or empty this one.',
  },
  no_backup: {
    status: 404,
    say: (d: { folder: string }) => `${d.folder} holds no backup`,
    help: 'A backup is a folder that `tessera backup` made, with a file `backup.json` in it.',
  },
  newer_backup: {
    status: 409,
    say: (d: { folder: string; format: string }) =>
      `${d.folder} is a backup of format ${d.format}, which this version cannot read`,
    help: 'The backup was written by a newer Tessera. Restore it with that version or a later one.',
  },
})

const whatToDo = (status: number): string =>
  [413, 414, 431].includes(status)
    ? 'the command says too much at once: make its words shorter'
    : 'look at its log, and at what stands before it, such as a proxy'
