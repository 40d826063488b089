import { faults } from '#kernel/fault.ts'

/** What can go wrong with definitions. */
export const definitionFaults = faults('definitions', {
  no_folder: {
    status: 422,
    say: (d: { folder: string }) =>
      `${d.folder} is not a folder that can be read; name the folder with the definition files`,
    help: 'The folder of definition files does not exist or may not be read. Give its path, or set TESSERA_DEFINITIONS.',
  },
  bad_yaml: {
    status: 422,
    say: (d: { what: string }) => d.what,
    help: 'A definition file is not sound YAML. The message names file, line and column.',
  },
  no_name: {
    status: 422,
    say: () => 'is not a definition: it needs "kind:", "key:" and the members of that kind',
    help: 'Each document of a definition file is a map with `kind:`, `key:` and the members of that kind.',
  },
  unknown_kind: {
    status: 422,
    say: (d: { kind: string; hint: string; kinds: string }) =>
      `there is no kind "${d.kind}"${d.hint || `; the kinds are ${d.kinds}`}`,
    help: 'The kind of a definition is mistyped, or the room that brings it is not part of this program.',
  },
  unknown: {
    status: 404,
    say: (d: { kind: string; key: string; hint: string }) =>
      `there is no ${d.kind} "${d.key}"${d.hint}`,
    help: 'No definition has this kind and key. It may have been removed; its versions tell.',
  },
  defined_twice: {
    status: 422,
    say: (d: { name: string; other: string }) => `${d.name} is also defined at ${d.other}`,
    help: 'Two documents define the same kind and key. Remove one or give it another key.',
  },
  unknown_reference: {
    status: 422,
    say: (d: { kind: string; key: string; hint: string }) =>
      `needs the ${d.kind} "${d.key}", which is not defined${d.hint}`,
    help: 'A definition refers to another that does not exist. Define it in the same change or correct the name.',
  },
  still_needed: {
    status: 422,
    say: (d: { by: string }) =>
      `cannot be removed: ${d.by} still needs it; remove that too or change it first`,
    help: 'A definition may only go when nothing refers to it any more.',
  },
  plain_secret: {
    status: 422,
    say: () =>
      'expects { secret: "name" } and not the secret itself; set the secret under a name, then give that name here',
    help: 'Definitions are kept, compared and shown, so they never hold a secret. Set it as a secret and refer to it by name.',
  },
  not_allowed: {
    status: 403,
    say: (d: { who: string; right: string; name: string }) =>
      `"${d.who}" may not save ${d.name}: what it says needs the right "${d.right}" as well`,
    help: 'Some definitions do more than the right to write allows, such as SQL that reads data. Save it with a token that has the right too.',
  },
  blank_label: {
    status: 422,
    say: () => 'the label is blank; give it a name that people can read, or leave it out',
    help: 'The label is what people see of a definition in lists and on pages.',
  },
  secret_not_there: {
    status: 422,
    say: (d: { name: string; near: string }) =>
      `the secret "${d.name}" is not there yet${d.near}; put it there with \`tessera secret-set ${d.name}\``,
    help: 'A definition may speak of a secret before it is there. Until it is, whatever needs it fails.',
  },
  changed_meanwhile: {
    status: 409,
    say: (d: { name: string; now: string }) =>
      `${d.name} has been changed by somebody else meanwhile (${d.now}); look at it again, then repeat`,
    help: 'The definition is no longer as it was when this change was made ready. Plan again, or load it again.',
  },
  unknown_change: {
    status: 404,
    say: (d: { number: number }) => `there is no change ${d.number}`,
    help: 'Changes are numbered from 1; list them to see which there are.',
  },
  changed_since: {
    status: 409,
    say: (d: { name: string; number: number; by: number }) =>
      `${d.name} was changed again after change ${d.number}, by change ${d.by}; undo that one first`,
    help: 'A change can be undone as long as what it changed has not been changed again. Undo the later changes first.',
  },
})
