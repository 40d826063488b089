import type { WhyAnswer, WhyNode } from '#segments'

/** The conditions that a membership rests on, one in a line, each with what was found. */
export function whyText({ include, exclude }: WhyAnswer): string {
  return [
    ...(include ? linesOf(include, 'include') : []),
    ...(exclude ? linesOf(exclude, 'exclude') : []),
  ].join('\n')
}

function linesOf(node: WhyNode, role: string): readonly string[] {
  const { parts = [], says, holds, value, note } = node
  if (parts.length > 0) return parts.flatMap((part) => linesOf(part, role))
  const found = value === undefined ? '' : ` (found ${JSON.stringify(value)})`
  return [
    `${role}: ${holds ? 'yes' : 'no '} ${says}${found}${note === undefined ? '' : `; ${note}`}`,
  ]
}
