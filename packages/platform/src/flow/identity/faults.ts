import { faults } from '#kernel/fault.ts'

const grouped = (of: number): string => of.toLocaleString('en-US')

/** What can go wrong with identity. */
export const identityFaults = faults('identity', {
  no_rule: {
    status: 422,
    say: () => 'a ruleset needs at least one match rule, and a rule at least one criterion',
    help: 'A rule without criteria would make everybody one person. Add a criterion or remove the rule.',
  },
  rule_twice: {
    status: 422,
    say: (d: { rule: string }) => `there are two rules called "${d.rule}"`,
    help: 'Evidence is kept under the key of its rule, so each rule of a ruleset has its own.',
  },
  not_connected: {
    status: 422,
    say: (d: { object: string; on: string }) =>
      `${d.object} has no field that links to ${d.on}, so its values cannot tell who is who`,
    help: 'A match rule may use fields of the unified object itself and of objects with a direct link to it.',
  },
  not_normalisable: {
    status: 422,
    say: (d: { address: string }) =>
      `there is no way to normalise ${d.address}; compare it with "by: exact"`,
    help: 'Values can be normalised when they are e-mail addresses, telephone numbers, addresses, company names or names; the name of the field tells which. Other fields are compared exactly.',
  },
  not_fuzzy: {
    status: 422,
    say: (d: { address: string; instead: string }) =>
      `${d.address} cannot be compared fuzzily; compare it with "by: ${d.instead}"`,
    help: 'Names, company names, streets, places and other text can be alike. E-mail addresses, telephone numbers, codes, ids, links and what is no text name one thing exactly: one sign more is another thing.',
  },
  precision_unused: {
    status: 422,
    say: (d: { by: string }) =>
      `"precision" is for fuzzy comparison; "by: ${d.by}" has none. Set "by: fuzzy" or leave it out`,
    help: 'Exact and normalised values are equal or not. Only fuzzy comparison knows low, medium and high precision.',
  },
  only_without_per: {
    status: 422,
    say: () => '"only" names kinds, so it needs "per": the field that says what kind a value is',
    help: 'An identifier may hold for some kinds of values only. Say in "per" which field tells the kind.',
  },
  too_weak: {
    status: 422,
    say: (d: { fields: readonly string[] }) =>
      `${d.fields.join(', ')} alone would make strangers one; add a criterion that tells people apart`,
    help: 'A rule that asks only for what many share, such as a country, a gender or a language, would merge nearly everybody. Add an e-mail address, a telephone number, an address, a date of birth or a number to it.',
  },
  no_sources: {
    status: 422,
    say: () => 'source_priority needs "sources": the source systems, the most trusted first',
    help: 'The rule source_priority takes the value of the first source in the list that has one. List the sources.',
  },
  reserved_field: {
    status: 422,
    say: (d: { object: string; field: string }) =>
      `${d.object} has a field "${d.field}", which is what unified ${d.object} rows call something else; rename it`,
    help: 'Unified rows have the columns profile, record_count and first_seen beside the fields of the model object.',
  },
  reserved_key: {
    status: 422,
    say: (d: { key: string }) => `a ruleset cannot be called "${d.key}"; choose another key`,
    help: 'The addresses /identity/changes, /identity/defaults, /identity/labels and /identity/models lead elsewhere, so a ruleset of that key could not be reached.',
  },
  not_in_file: {
    status: 422,
    say: (d: { ruleset: string }) => `the file defines no ruleset "${d.ruleset}"`,
    help: 'A simulation takes the text of a definition file that holds the ruleset as it would be: kind ruleset, with the key in the address.',
  },
  unused_block: {
    status: 422,
    say: (d: { address: string; near: string }) =>
      `no match rule uses "${d.address}", so blocking values of it has no effect${d.near}`,
    help: 'Blocked values are given by object.field, for fields that a match rule of the same ruleset uses.',
  },
  one_ruleset: {
    status: 422,
    say: (d: { on: string; other: string }) =>
      `${d.on} is already unified by the ruleset "${d.other}"; there can be only one`,
    help: 'There is one ruleset for people and one for accounts. Change the other one, or remove it in the same change.',
  },
  unknown_ruleset: {
    status: 404,
    say: (d: { ruleset: string; near: string }) => `there is no ruleset "${d.ruleset}"${d.near}`,
    help: 'The path names a ruleset that is not defined.',
  },
  ran_meanwhile: {
    status: 409,
    say: (d: { ruleset: string }) =>
      `another run of "${d.ruleset}" was published meanwhile, so this one was thrown away; run again`,
    help: 'Two runs of one ruleset overlapped. The published state is that of the first; nothing is lost.',
  },
  run_held: {
    status: 409,
    say: (d: {
      ruleset: string
      merged: number
      split: number
      retired: number
      published: number
      most: number
    }) =>
      `a run of "${d.ruleset}" would merge ${grouped(d.merged)}, split ${grouped(d.split)} and retire ${grouped(d.retired)} of ${grouped(d.published)} profiles, which is more than ${grouped(d.most)}: nothing is published until it is confirmed`,
    help: 'So much changes at once when a rule is too wide, a source sends the wrong keys or the wrong file, or is gone. Look at it with a simulation; when it is meant, run it with `identity-run <ruleset> --confirm` (`confirm: true`). `limits.most_changed` sets the share.',
  },
  strangers: {
    status: 409,
    say: (d: {
      ruleset: string
      rule: string
      fields: readonly string[]
      pairs: number
      strangers: number
      matched: string
    }) =>
      `the rule "${d.rule}" of "${d.ruleset}" takes strangers for one: of ${grouped(d.pairs)} pairs that it links, ${grouped(d.strangers)} agree in no ${d.fields.join(' and no ')} (such as two who share ${d.matched}); nothing is published until it is confirmed`,
    help: 'A rule over names, places or days alone, such as a first name and a town, links people who only happen to agree. Add an e-mail address, a telephone number, a birth date or a last name to it. When it is meant, run it with `identity-run <ruleset> --confirm` (`confirm: true`); it is asked again when the rules change. `limits.usual: false` ends the question.',
  },
  not_run: {
    status: 409,
    say: (d: { ruleset: string; why: string }) => `"${d.ruleset}" was not run: ${d.why}`,
    help: 'A run that was asked for was refused or cut short. What is published is as it was.',
  },
  unknown_place: {
    status: 400,
    say: (d: { place: string }) => `"${d.place}" is no place in what happened to profiles`,
    help: 'Ask with what the last answer gave as `next`, with a position, or with nothing to begin at the beginning.',
  },
  unknown_record: {
    status: 404,
    say: (d: { record: string; on: string }) => `there is no ${d.on} record "${d.record}"`,
    help: 'A record is named as stream:id, with the id that its source gave, or by its 64-bit key.',
  },
  contradiction: {
    status: 409,
    say: (d: { apart: string; chain: readonly string[] }) =>
      `${d.apart} keeps apart what is linked by ${d.chain.join(', ')}; withdraw one of them first`,
    help: 'Decisions hold for good, so they may not contradict each other: must-links would connect two records that a cannot-link keeps apart. Withdraw the decision that is wrong, then decide again.',
  },
  same_record: {
    status: 422,
    say: (d: { record: string }) => `${d.record} is one record; a decision is about two`,
    help: 'Both names lead to the same record. Streams of one source with the same id tell of one record.',
  },
  other_space: {
    status: 422,
    say: (d: { left: string; right: string }) =>
      `${d.left} and ${d.right} are in two data spaces, so they are never one profile`,
    help: 'Records of two data spaces are never linked. Nothing needs to keep them apart, and nothing can link them.',
  },
  stands_alone: {
    status: 422,
    say: (d: { record: string }) => `${d.record} is linked with no other record`,
    help: 'There is nothing to take this record out of: no rule and no decision ties it to another record in the published profiles.',
  },
  unknown_decision: {
    status: 404,
    say: (d: { number: number }) => `there is no decision ${d.number}`,
    help: 'Decisions have numbers; the list of decisions tells them.',
  },
  unknown_label: {
    status: 404,
    say: (d: { number: number }) => `there is no label ${d.number}`,
    help: 'Labels have numbers; the list of labels tells them.',
  },
  not_in_review: {
    status: 404,
    say: (d: { left: string; right: string }) =>
      `no link between the profiles ${d.left} and ${d.right} waits for review`,
    help: 'The two profiles have changed since the list was read, or the link between them was decided and a run has heeded it. Read the list again.',
  },
  unknown_profile: {
    status: 404,
    say: (d: { profile: string; on: string }) => `there is no unified ${d.on} ${d.profile}`,
    help: 'The profile was never there, has been retired, or has been merged into another one.',
  },
  no_match: {
    status: 422,
    say: () => 'a ruleset needs match rules, a model, or both',
    help: 'What has neither rules nor a model links nobody. Add "match" or "model".',
  },
  other_subject: {
    status: 422,
    say: (d: { model: string; on: string; other: string }) =>
      `the model "${d.model}" weighs ${d.other} records, and this ruleset is about ${d.on} records`,
    help: 'A ruleset and the match_model that it uses have the same "on".',
  },
  unfit_learned: {
    status: 422,
    say: () => 'what was learned does not fit the settings that it was learned under',
    help: 'Training writes "learned" and "trained" together. Take both away and train the model again.',
  },
  untrained_model: {
    status: 422,
    say: (d: { model: string; ruleset: string }) =>
      `the model "${d.model}" has not learned yet, and "${d.ruleset}" needs it; train it`,
    help: 'A model weighs pairs by what it has learned: POST /identity/models/<model>/train, or tessera identity-train <model>. Then refresh again.',
  },
  no_model: {
    status: 422,
    say: (d: { ruleset: string }) => `"${d.ruleset}" uses no model, so there are no weights`,
    help: 'Thresholds are those of a match_model. Give the ruleset a model, or measure the published profiles.',
  },
  unknown_model: {
    status: 404,
    say: (d: { model: string; near: string }) => `there is no match_model "${d.model}"${d.near}`,
    help: 'The path names a match_model that is not defined.',
  },
  bad_labels: {
    status: 422,
    say: (d: { why: string }) => d.why,
    help: 'Labels are a stream with one row per pair: two records, as stream:id or by their keys, and whether they are one.',
  },
  bad_truth: {
    status: 422,
    say: (d: { why: string }) => d.why,
    help: 'Quality is measured against a stream of known answers, one row per record: its stream, its id, and who it really is.',
  },
})
