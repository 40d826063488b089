import { counted, formatCount } from './format.ts'

/** What the guide from an empty house to a first segment says. */
export const startTexts = {
  title: 'First steps',
  about: 'From a file of yours to a list of customers, in six steps',
  steps: {
    file: 'A file with customers',
    fields: 'What is in it',
    run: 'Through the flow',
    people: 'Who they are',
    segment: 'A first segment',
    send: 'Put it to use',
  },
  states: { done: 'done', now: 'now', later: 'later' },
  file: {
    about:
      'CSV, Excel, JSON or Parquet, as it came out of your shop, your CRM or a mailing list. It stays on this server.',
    drop: 'Drop a file here, or',
    choose: 'Choose a file',
    label: 'The file to take in',
    sending: (name: string) => `Sending ${name}`,
    looking: (name: string) => `Looking at ${name}`,
    taken: (name: string) => `${name} was taken in.`,
    another: 'Take in another file',
    others: 'No file at hand? Begin with',
    connect: 'a connection to a system',
    senders: 'events of a site or app',
    undo: 'Undo',
  },
  fields: {
    about: (fields: number) =>
      `${counted(fields, 'field was', 'fields were')} found. Their types are inferred from the values, and what they fill in the model is proposed from names and values.`,
    name: 'Field',
    type: 'Type',
    fills: 'Fills',
    nothing: 'nothing',
    unmapped: 'No field looks like a person, so nothing fills the model yet.',
    map: 'Map it yourself',
    change: 'Change the mapping',
  },
  run: {
    about:
      'The file is loaded, the model filled and records compared; who is the same becomes one.',
    again: 'Run again',
    states: {
      waiting: 'Waiting to run',
      running: 'Running',
      done: 'Everything ran',
      failed: 'The run failed',
      cancelled: 'The run was cancelled',
    },
    partly: (failed: number) => `${counted(failed, 'node', 'nodes')} failed`,
    step: 'Step',
    rows: 'Rows',
    took: 'Took',
    outcome: 'Outcome',
    outcomes: { done: 'done', failed: 'failed', 'left out': 'left out' },
  },
  people: {
    found: (profiles: number, records: number) =>
      `${counted(records, 'record', 'records')} turned out to be ${counted(profiles, 'customer', 'customers')}.`,
    rate: (share: string) => `${share} of the records joined another one.`,
    none: 'There are no customers yet',
    noneHelp:
      'Nothing fills the object Individual. Map a name, an e-mail address or a phone number of the file, and run again.',
    customers: 'Look at the customers',
    rules: 'How they were matched',
    another: 'Most is gained when a second file knows the same people: take in another one above.',
  },
  segment: {
    about: 'Who could be interesting? A segment stays up to date by itself.',
    withEmail: 'Reachable by e-mail',
    withEmailAbout: 'Has at least one e-mail address',
    withPhone: 'Reachable by phone',
    withPhoneAbout: 'Has at least one phone number',
    from: (place: string) => `From ${place}`,
    fromCountryAbout: 'The most frequent country',
    fromCityAbout: 'The most frequent city',
    adults: 'Of age',
    adultsAbout: 'Born more than 18 years ago',
    members: (members: number, people: number) =>
      `${formatCount(members)} of ${formatCount(people)} customers`,
    take: 'Make this segment',
    chosen: (label: string) => `The segment “${label}” is there.`,
    size: (members: number) => counted(members, 'member', 'members'),
    another: 'Choose another one',
    none: 'No suggestion fits these customers.',
    own: 'Make one of your own on the page of segments',
    publishing: 'Finding the members',
    failed: 'The members could not be found',
    open: 'Open the segments',
  },
  send: {
    about:
      'An activation hands the members to another system. The simplest one writes a file on this server; webhooks, databases and mails work alike.',
    folder: 'Folder',
    folderAbout: 'Below the folder for outgoing files of the server.',
    format: 'Format',
    formats: { csv: 'CSV', json: 'JSON lines', parquet: 'Parquet' },
    columns: 'Goes along',
    button: 'Write the file',
    writing: 'Writing',
    failed: 'The file could not be written',
    delivered: (members: number, folder: string) =>
      `${counted(members, 'member was', 'members were')} written into the folder ${folder}.`,
    waiting: (members: number) => `${counted(members, 'member', 'members')} on the way`,
    dead: (members: number) =>
      `${counted(members, 'member', 'members')} could not be delivered; the page of activations says why.`,
    none: 'The segment has no members, so no file was needed.',
    finished: 'That was the whole way. From now on everything is kept up to date.',
    flow: 'See the flow',
    activations: 'Open the activations',
  },
}

/** What is said while a file is sent. */
export const uploadTexts = {
  cancelled: 'The file was not sent to its end.',
  progress: (sent: string, size: string) => `${sent} of ${size}`,
  pace: (perSecond: string, left: string) => `${perSecond} a second, ${left} left`,
}
