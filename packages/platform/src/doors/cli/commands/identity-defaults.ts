import type { Command } from '../command.ts'

interface Proposed {
  readonly ruleset: string
  readonly yaml: string
}

/** Shows rulesets to start from. */
export const identityDefaults: Command = {
  name: 'identity-defaults',
  takes: '',
  about: 'Show match rules to start from, over the fields that are filled, as files to apply',
  run: async (_, { client, out }) => {
    const found = (await (await client()).call('GET', '/identity/defaults')) as readonly Proposed[]
    if (out.isJson) return out.print(JSON.stringify(found, null, 2))
    const nothing =
      '# nothing to go by yet: map a stream to names, contact points or accounts first'
    out.print(
      found.length === 0 ? nothing : found.map(({ yaml }) => yaml.trimEnd()).join('\n---\n'),
    )
  },
}
