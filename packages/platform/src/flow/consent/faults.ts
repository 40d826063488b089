import { faults } from '#kernel/fault.ts'

/** What can be odd about consent. */
export const consentFaults = faults('consent', {
  odd_channel: {
    status: 422,
    say: (d: { channel: string; near: string }) =>
      `"${d.channel}" is a channel of its own${d.near}`,
    help: 'Consent is asked for by the channel as it is written, and what was said of a channel of another name does not count. Channels of your own are allowed; this one looks like a usual one that is misspelt.',
  },
})
