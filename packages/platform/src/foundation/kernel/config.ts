import { availableParallelism, totalmem } from 'node:os'
import { faults, type Problem, refusal } from './fault.ts'
import { didYouMean } from './near.ts'

/** One setting as data: the environment's name, how it is read, what it is unless set, and a sentence. */
export interface Setting<T> {
  readonly name: string
  readonly about: string
  readonly unlessSet: T
  readonly read: (text: string) => T | undefined
  readonly expects: string
}

const words = (text: string) =>
  text
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '')
const positive = (text: string) => (/^[1-9]\d*$/.test(text) ? Number(text) : undefined)
const gibibyte = 1024 ** 3

/** Every setting there is; `tessera config`, the docs and the refusal at start are read from this table. */
export const settings = {
  dataFolder: {
    name: 'TESSERA_DATA',
    about: 'The folder that holds everything Tessera keeps.',
    unlessSet: 'data',
    read: (text: string) => text || undefined,
    expects: 'a path',
  },
  definitionsFolder: {
    name: 'TESSERA_DEFINITIONS',
    about: 'The folder of definition files that plan and apply read.',
    unlessSet: 'definitions',
    read: (text: string) => text || undefined,
    expects: 'a path',
  },
  filesFolder: {
    name: 'TESSERA_FILES',
    about:
      'Where relative folders of file connections begin; the folder Tessera is started in unless set.',
    unlessSet: '.',
    read: (text: string) => text || undefined,
    expects: 'a path',
  },
  host: {
    name: 'TESSERA_HOST',
    about: 'The address the server listens on. Only this machine can reach the default.',
    unlessSet: '127.0.0.1',
    read: (text: string) => text || undefined,
    expects: 'a host name or address',
  },
  port: {
    name: 'TESSERA_PORT',
    about: 'The port the server listens on; the next free one is taken when it is in use.',
    unlessSet: 7080,
    read: (text: string) =>
      /^\d{1,5}$/.test(text) && Number(text) < 65536 ? Number(text) : undefined,
    expects: 'a port number',
  },
  memoryBytes: {
    name: 'TESSERA_MEMORY_BYTES',
    about: 'Memory the engine may use before it spills to disk; half of the machine unless set.',
    unlessSet: Math.floor(totalmem() / 2),
    read: positive,
    expects: 'a whole number of bytes',
  },
  spillBytes: {
    name: 'TESSERA_SPILL_BYTES',
    about: 'Disk the engine may use for work that does not fit into memory.',
    unlessSet: 50 * gibibyte,
    read: positive,
    expects: 'a whole number of bytes',
  },
  threads: {
    name: 'TESSERA_THREADS',
    about: 'Threads the engine computes with; one per core unless set.',
    unlessSet: availableParallelism(),
    read: positive,
    expects: 'a whole number',
  },
  queryTimeoutMs: {
    name: 'TESSERA_QUERY_TIMEOUT_MS',
    about: 'How long a query that a user wrote may run, in milliseconds.',
    unlessSet: 60_000,
    read: positive,
    expects: 'a whole number of milliseconds',
  },
  followMs: {
    name: 'TESSERA_FOLLOW_MS',
    about:
      'The least time between two refreshes of what is made from events, in milliseconds. Events themselves are in the lake at once.',
    unlessSet: 10_000,
    read: positive,
    expects: 'a whole number of milliseconds',
  },
  liveCheckMs: {
    name: 'TESSERA_LIVE_CHECK_MS',
    about:
      'How often the members of live segments are compared with a full run and put right, in milliseconds.',
    unlessSet: 3_600_000,
    read: positive,
    expects: 'a whole number of milliseconds',
  },
  isLive: {
    name: 'TESSERA_LIVE',
    about:
      'Whether identity and live segments follow every change at once. When off, they follow at refreshes only.',
    unlessSet: true,
    read: (text: string) => (text === 'on' || text === 'off' ? text === 'on' : undefined),
    expects: 'on or off',
  },
  liveBytes: {
    name: 'TESSERA_LIVE_BYTES',
    about:
      'Memory for live profiles; whoever was not asked for the longest is read from the engine again.',
    unlessSet: 256 * 1024 ** 2,
    read: positive,
    expects: 'a whole number of bytes',
  },
  decisionDays: {
    name: 'TESSERA_DECISION_DAYS',
    about:
      'How many days decisions are kept, with what was shown and clicked; counts by day stay. Limits look no further back.',
    unlessSet: 90,
    read: positive,
    expects: 'a whole number of days',
  },
  retentionDays: {
    name: 'TESSERA_LOG_DAYS',
    about: 'How many days events can be replayed from the log once they are in the lake.',
    unlessSet: 7,
    read: positive,
    expects: 'a whole number of days',
  },
  idMemoryBytes: {
    name: 'TESSERA_ID_MEMORY_BYTES',
    about: 'Memory for the ids of events that tell repetitions; older ids are looked up on disk.',
    unlessSet: 256 * 1024 ** 2,
    read: positive,
    expects: 'a whole number of bytes',
  },
  confirmMembers: {
    name: 'TESSERA_CONFIRM_MEMBERS',
    about:
      'An activation that would send more members than this at once waits until somebody confirms the count; `confirm_above` of an activation says otherwise for that one.',
    unlessSet: 100_000,
    read: positive,
    expects: 'a whole number of members',
  },
  proxies: {
    name: 'TESSERA_PROXIES',
    about:
      'How many proxies stand in front and are believed when they say from which address an event came.',
    unlessSet: 0,
    read: (text: string) => (/^\d$/.test(text) ? Number(text) : undefined),
    expects: 'a number from 0 to 9',
  },
  allowPrivate: {
    name: 'TESSERA_ALLOW_PRIVATE',
    about:
      'Private addresses that may be called, as host:port, separated by commas. None unless set.',
    unlessSet: [] as readonly string[],
    read: (text: string): readonly string[] | undefined => words(text),
    expects: 'host:port, separated by commas',
  },
  alertsUrl: {
    name: 'TESSERA_ALERTS_URL',
    about:
      'Where alerts about unusual volumes are sent, as JSON by POST; they are only logged unless set.',
    unlessSet: '',
    read: (text: string) => (URL.canParse(text) ? text : undefined),
    expects: 'an address (https://...)',
  },
  analyticsScript: {
    name: 'TESSERA_ANALYTICS_JS',
    about:
      'The script that HTML snippets of Segment load from here: a file (dist/umd/standalone.js of @segment/analytics-next), or an address to which they are sent on.',
    unlessSet: '',
    read: (text: string) => text || undefined,
    expects: 'a path or an address (https://...)',
  },
  logLevel: {
    name: 'TESSERA_LOG',
    about: 'The least important lines that are logged: debug, info, warn or error.',
    unlessSet: 'info' as 'debug' | 'info' | 'warn' | 'error',
    read: (text: string) =>
      text === 'debug' || text === 'info' || text === 'warn' || text === 'error' ? text : undefined,
    expects: 'debug, info, warn or error',
  },
} as const satisfies Record<string, Setting<unknown>>

/** Everything that is configured, read once at start. */
export type Config = {
  readonly [Name in keyof typeof settings]: (typeof settings)[Name]['unlessSet']
}

export const configFaults = faults('config', {
  bad_setting: {
    status: 500,
    say: (d: { name: string; expects: string }) => `${d.name} should be ${d.expects}`,
    help: 'An environment variable cannot be read. Correct or remove it; `tessera config` lists all settings.',
  },
  unknown_setting: {
    status: 500,
    say: (d: { name: string; near: string }) => `${d.name} is not a setting${d.near}`,
    help: 'An environment variable begins with TESSERA_ but is not a setting, so it would have no effect.',
  },
})

// Read by tests and scripts, not by the program.
const others = [
  'TESSERA_DATASETS',
  'TESSERA_KAFKA_HOME',
  'TESSERA_LONG',
  'TESSERA_S3_SERVER',
  'TESSERA_TOKEN',
  'TESSERA_URL',
]

/** Reads the environment into one frozen value, or refuses with everything that is wrong in it. */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const problems: Problem[] = []
  const known = Object.values(settings).map(({ name }) => name as string)
  for (const name of Object.keys(environment)) {
    if (!name.startsWith('TESSERA_') || known.includes(name) || others.includes(name)) continue
    problems.push(...configFaults.unknown_setting({ name, near: didYouMean(name, known) }).problems)
  }
  const values = Object.entries(settings).map(([key, setting]) => {
    const text = environment[setting.name]
    if (text === undefined) return [key, setting.unlessSet]
    const value = setting.read(text)
    if (value === undefined) problems.push(...configFaults.bad_setting(setting).problems)
    return [key, value]
  })
  if (problems.length > 0) throw refusal(problems, 500)
  // Each value was read by the setting that carries its type.
  return Object.freeze(Object.fromEntries(values)) as Config
}

/** The environment of this process; only the programs' first lines ask for it. */
// biome-ignore lint/style/noProcessEnv: this is the one place that reads it
export const environment = (): Readonly<Record<string, string | undefined>> => process.env
