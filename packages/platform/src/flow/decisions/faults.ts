import { faults } from '#kernel/fault.ts'

/** What can be wrong with decisions. */
export const decisionFaults = faults('decision', {
  duplicate_offer: {
    status: 422,
    say: (d: { offer: string }) =>
      `two offers are called "${d.offer}"; call one of them differently`,
    help: 'Each offer of a decision needs a key of its own.',
  },
  never: {
    status: 422,
    say: (d: { offer: string }) => `the offer "${d.offer}" ends before it starts`,
    help: 'Give the offer an end that comes after its start.',
  },
  unsound: {
    status: 422,
    say: (d: { why: string }) => `this draft cannot be tried: ${d.why}`,
    help: 'A draft is tried once nothing speaks against it. `POST /api/definitions/plan` tells everything that does, with its place.',
  },
  unknown: {
    status: 404,
    say: (d: { key: string; near: string }) => `there is no decision "${d.key}"${d.near}`,
    help: 'No decision has this key, or it is disabled. `GET /api/decisions` lists all.',
  },
  not_public: {
    status: 403,
    say: (d: { key: string }) =>
      `the decision "${d.key}" is not open to browsers; set \`public: true\` in it`,
    help: 'Browsers ask with the write key of a source, which everybody can read in the page. So a decision must say that they may.',
  },
  no_key: {
    status: 401,
    say: () => 'the write key opens nothing',
    help: 'Browsers ask for decisions with the write key of the source whose events they send.',
  },
  no_id: {
    status: 422,
    say: () => 'say who it is about: `userId` or `anonymousId`',
    help: 'Browsers name people by the ids that their events have.',
  },
  unknown_record: {
    status: 404,
    say: (d: { id: string }) => `no decision "${d.id}" was recorded`,
    help: 'What was shown and clicked is reported with the id that the decision was answered with. Old ones are forgotten.',
  },
  unknown_offer: {
    status: 422,
    say: (d: { offer: string; chosen: readonly string[] }) =>
      `the decision did not choose "${d.offer}"; it chose ${d.chosen.join(', ') || 'nothing'}`,
    help: 'Only what a decision has chosen can have been shown or clicked.',
  },
})
