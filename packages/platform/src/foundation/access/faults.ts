import type { Right } from '#kernel/caller.ts'
import { faults } from '#kernel/fault.ts'

const inWords = (rights: readonly Right[]): string =>
  rights.map((right) => right.replaceAll('_', ' ')).join(', ')

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
    say: (d: { caller: string; right: Right; rights: readonly Right[] }) =>
      `"${d.caller}" may ${inWords(d.rights) || 'do nothing'} here, but this needs ${inWords([d.right])}; use a token with that right`,
    help: 'The token is known but lacks the right that this needs. Someone with the admin right can make a token that has it.',
  },
  unknown_token: {
    status: 404,
    say: (d: { id: string }) =>
      `there is no token "${d.id}" in use; list the tokens to see their ids`,
    help: 'The token does not exist or was revoked before. List the tokens to see which are in use.',
  },
  no_origin: {
    status: 422,
    say: (d: { origin: string }) =>
      `"${d.origin}" is no origin; write the scheme and the host of the page, such as https://desk.example.com, and nothing behind them`,
    help: 'A page is let in by its origin: scheme, host, and the port where it is not the usual one, without a path and without wildcards.',
  },
  not_only_customers: {
    status: 422,
    say: (d: { rights: readonly Right[] }) =>
      `a token with origins or a data space may read customers and nothing else, but this one may ${inWords(d.rights)}; give it the right read_customers alone`,
    help: 'A token that is put into another tool\u2019s page can be read by whoever sees the page, and only what is read of customers is kept to a data space. So such a token has the right `read_customers` and no other.',
  },
  name_taken: {
    status: 409,
    say: (d: { name: string }) =>
      `a token called "${d.name}" is in use; choose another name or revoke that one first`,
    help: 'Names of tokens in use are unique, because the audit names callers by them.',
  },
})
