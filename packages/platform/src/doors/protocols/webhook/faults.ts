import { faults } from '#kernel/fault.ts'

/** What can be wrong with something that was posted. */
export const webhookFaults = faults('webhook', {
  unknown_hook: {
    status: 404,
    say: (d: { stream: string }) => `nothing is received at /hooks/v1/${d.stream}`,
    help: 'The address ends with the key of a stream whose connection is of the connector `webhook`. Define one, or correct the address at the sender.',
  },
  not_signed: {
    status: 401,
    say: (d: { header: string }) => `the header ${d.header} is missing`,
    help: 'The connection asks for a signature in this header. Turn signing on at the sender, or name the header that it uses in the settings of the connection.',
  },
  wrong_signature: {
    status: 401,
    say: (_: object) => 'the signature is not that of this body and the secret that was agreed on',
    help: 'Sender and connection must hold the same secret, the sender\u2019s clock must be right to five minutes where the time is signed, and nothing on the way may change the body.',
  },
  no_secret: {
    status: 503,
    say: (d: { stream: string; retryAfterSeconds: number }) =>
      `what is posted to "${d.stream}" cannot be checked, because the secret that its connection names is not set, cannot be opened, or is not one that its kind of signature takes`,
    help: 'Nothing of what was posted is kept. The sender is only told to send it again after the seconds that Retry-After names; the log says what is wrong with the secret. Set it: what is sent again is taken then.',
  },
  no_records: {
    status: 422,
    say: (d: { path: string; found: string }) => `expected a list at "${d.path}", found ${d.found}`,
    help: 'The setting `records` of the connection names where the list is. Correct it, or leave it out to take the body as one record.',
  },
})
