import { engineFaults } from '#engine'
import { asProblems, Fault, refusal } from '#kernel/fault.ts'

/** Takes one file; when it cannot be read, that is told later. */
export type Spare = (take: () => Promise<void>) => Promise<void>

/** Takes files so that one that cannot be read does not keep back the others: what is wrong is thrown at the end, all at once. */
export async function sparingOthers(takeAll: (spare: Spare) => Promise<void>): Promise<void> {
  const faults: Fault[] = []
  const spare: Spare = async (take) => {
    try {
      await take()
    } catch (thrown) {
      if (!(thrown instanceof Fault) || thrown.code !== engineFaults.unreadable_file.code)
        throw thrown
      faults.push(thrown)
    }
  }
  try {
    await takeAll(spare)
  } catch (thrown) {
    // What the source itself could not read is thrown at its end as well.
    if (!(thrown instanceof Fault)) throw thrown
    faults.push(thrown)
  }
  const [only] = faults
  if (only === undefined) return
  if (faults.length === 1) throw only
  throw refusal(
    faults.flatMap((fault) => asProblems(fault)),
    Math.max(...faults.map(({ status }) => status)),
  )
}
