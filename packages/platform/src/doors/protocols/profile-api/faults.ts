import { faults } from '#kernel/fault.ts'

/** What can be wrong with a question of the profile wire. */
export const profileApiFaults = faults('profile_api', {
  not_found: {
    status: 404,
    say: (_: object) => 'Profile was not found.',
    help: 'Nobody goes by this identifier in this data space. The space of the address is a key of a data space (`default` unless set), the identifier `<kind>:<id>`, such as `user_id:42`.',
  },
  several: {
    status: 400,
    say: (d: { identifier: string; profiles: readonly string[] }) =>
      `several profiles go by ${d.identifier}: ask by one of ${d.profiles.join(', ')}`,
    help: 'The same identifier means several people in different sources, and no rule made them one. Ask by the id of a profile, or mend the ruleset.',
  },
  bad_parameter: {
    status: 400,
    say: (d: { name: string; found: string; wants: string }) =>
      `The parameter \`${d.name}\` is ${d.wants}, found \`${d.found}\``,
    help: 'The message names the parameter and what it may be.',
  },
  wrong_method: {
    status: 405,
    say: (d: { method: string }) => `${d.method} is not allowed here: profiles are only read`,
    help: 'This wire only reads. Events come in at `/v1/batch` and its kin.',
  },
})
