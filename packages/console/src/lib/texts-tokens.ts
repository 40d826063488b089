/** What is said of tokens. */
export const tokenTexts = {
  title: 'Tokens',
  about:
    'Whoever calls the API, the command line or this console comes in by a token. Taking one back works at once.',
  columns: {
    name: 'Name',
    rights: 'May',
    embed: 'Shown by',
    created: 'Made',
    state: 'State',
    actions: 'Actions',
  },
  rights: {
    read: 'Read everything',
    read_customers: 'Read customers',
    write: 'Send and run',
    admin: 'Administer',
  },
  space: (space: string) => `data space ${space}`,
  by: (name: string) => `by ${name}`,
  states: { open: 'In use', closed: 'Taken back' },
  revoke: 'Take back',
  revokeAsk: 'Take this token back?',
  revokeAbout:
    'Whoever uses it is refused from now on, and pages that embed by it show nothing more.',
  revokeYes: 'Take it back',
  make: 'Make a token',
  kind: 'What for',
  kinds: { embed: 'To embed customers', other: 'Anything else' },
  name: 'Name',
  nameAbout: 'What the audit will call whoever uses it.',
  may: 'It may',
  origins: 'Origins that may embed, one in each line',
  originsAbout: 'Scheme and host of the pages, such as https://desk.example.com.',
  onlySpace: 'Only this data space',
  onlySpaceAbout: 'All when it is left empty.',
  button: 'Make it',
  made: 'This is the token. It is shown just this once.',
  frame:
    'Where a call comes in, put this into the page of the other tool, with the number that calls',
  done: 'Done',
}
