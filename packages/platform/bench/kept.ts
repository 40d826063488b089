/** What one bench leaves in the docs. */
export interface Section {
  readonly bench: string
  readonly text: string
}

const head = `# Benchmarks

Each section is kept by \`npm run bench -- <its name> --keep\`, which leaves the others as they are, and tells on what machine it ran. Each figure
stands beside what it is compared with, measured in the same run.
`

/** The docs with new sections in the place of old ones of the same name; what is new comes last, all else stays as it was. */
export function withSections(docs: string, sections: readonly Section[]): string {
  const [before = '', ...parts] = docs.split(/^(?=## )/m)
  const fresh = new Map(sections.map(({ bench, text }) => [bench, `## ${bench}\n\n${text}\n`]))
  const kept = parts.map((part) => {
    const name = /^## (.*)/.exec(part)?.[1]?.trim() ?? ''
    const text = fresh.get(name)
    fresh.delete(name)
    return text ?? part
  })
  return [before || head, ...kept, ...fresh.values()]
    .map((part) => part.trimEnd())
    .join('\n\n')
    .concat('\n')
}
