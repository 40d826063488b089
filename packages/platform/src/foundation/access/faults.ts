import { faults } from '#kernel/fault.ts'

/** What can go wrong at the gate. */
export const accessFaults = faults('access', {
  not_signed_in: {
    status: 401,
    say: () =>
      'this needs a token; send "Authorization: Bearer <token>" with one that is in use (the first lies in the file "token" of the data folder)',
    help: 'The request carries no token, or one that is unknown or revoked. Send one in the Authorization header. The first token lies in the file `token` of the data folder.',
  },
  not_allowed: {
    status: 403,
    say: (d: { caller: string; right: string; rights: readonly string[] }) =>
      `"${d.caller}" may ${d.rights.join(', ') || 'do nothing'} here, but this needs ${d.right}; use a token with that right`,
    help: 'The token is known but lacks the right that this needs. Someone with the admin right can make a token that has it.',
  },
  unknown_token: {
    status: 404,
    say: (d: { id: string }) =>
      `there is no token "${d.id}" in use; list the tokens to see their ids`,
    help: 'The token does not exist or was revoked before. List the tokens to see which are in use.',
  },
  name_taken: {
    status: 409,
    say: (d: { name: string }) =>
      `a token called "${d.name}" is in use; choose another name or revoke that one first`,
    help: 'Names of tokens in use are unique, because the audit names callers by them.',
  },
})
