import { faults } from '#kernel/fault.ts'

/** What can go wrong when profiles are read. */
export const profileFaults = faults('profiles', {
  unknown_profile: {
    status: 404,
    say: (d: { id: string }) => `there is no profile ${d.id}`,
    help: 'No profile has this id, and none that had it was merged into another. It may have been retired when its records were removed.',
  },
  nobody: {
    status: 404,
    say: (d: { who: string }) => `nobody was found by ${d.who}`,
    help: 'Give the id of a profile, an e-mail address, a telephone number, stream:id of a record, or a part of a name. Records are found once identity has run over them.',
  },
  unknown_group: {
    status: 404,
    say: (d: { object: string; record: string }) =>
      `there is no record ${d.record} of ${d.object} that people have in common`,
    help: 'The record does not exist any more, or its object is no account and nothing else that several people may be tied to: an object of the category `profile` that does not belong to one person.',
  },
  no_question: {
    status: 422,
    say: () => 'expects one of who, email, phone or record',
    help: 'Finding a profile needs something to find it by.',
  },
  bad_cursor: {
    status: 422,
    say: (d: { before: string }) => `"${d.before}" is neither an instant nor a place in a timeline`,
    help: 'The next page of a timeline begins at what `next` of the page before said, or at an instant such as 2026-01-31T12:00:00Z.',
  },
})
