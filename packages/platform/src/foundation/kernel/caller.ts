/** What a caller may do. Finer rights come with the access room. */
export type Right = 'read' | 'write' | 'admin'

/** On whose behalf something is done; travels as a value, so that rooms need not know who checks it. */
export interface Caller {
  readonly name: string
  readonly rights: readonly Right[]
  /** The data spaces the caller may see. */
  readonly spaces: readonly string[]
}

/** The program itself: schedules, start-up, the command line on its own data directory. */
export const systemCaller: Caller = {
  name: 'system',
  rights: ['read', 'write', 'admin'],
  spaces: ['default'],
}
