import { Refusal, type RefusalProblem } from '../../lib/refusal.ts'

/** What is wrong with a text, as far as it has a place there; a refusal for one reason is that reason itself. */
export function placedIn(thrown: unknown): readonly Pick<RefusalProblem, 'at' | 'say'>[] {
  if (!(thrown instanceof Refusal)) return []
  const { problems, at, message } = thrown
  const all = problems.length > 0 ? problems : [{ at, say: message.replace(`${at}: `, '') }]
  return all.filter((problem) => problem.at.includes('line '))
}
