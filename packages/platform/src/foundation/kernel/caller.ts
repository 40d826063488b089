/** What a caller may do. Whoever may read may read customers too; otherwise each right stands for itself. */
export const rights = ['read', 'read_customers', 'write', 'admin'] as const
export type Right = (typeof rights)[number]

/** On whose behalf something is done; travels as a value, so that rooms need not know who checks it. */
export interface Caller {
  readonly name: string
  readonly rights: readonly Right[]
  /** The data spaces the caller may see. */
  readonly spaces: readonly string[]
  /** The only data space whose customers the caller may read, where there is such a limit. */
  readonly within?: string
}

/** The program itself: schedules, start-up, the command line on its own data directory. */
export const systemCaller: Caller = {
  name: 'system',
  rights: ['read', 'write', 'admin'],
  spaces: ['default'],
}
