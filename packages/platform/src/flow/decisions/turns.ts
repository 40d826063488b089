/** Lets those of the same name work one after the other. */
export function makeTurns() {
  const last = new Map<string, Promise<unknown>>()
  return {
    take: <T>(name: string, work: () => Promise<T>): Promise<T> => {
      const before = last.get(name)
      const mine = before ? before.then(work, work) : work()
      last.set(name, mine)
      const done = () => {
        if (last.get(name) === mine) last.delete(name)
      }
      mine.then(done, done)
      return mine
    },
  }
}
