import type { OpenHouse } from '#trials'

/** How a command reaches the platform: over HTTP when a server holds the data folder, in-process otherwise. */
export interface Client {
  readonly call: (
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    path: string,
    of?: CallParts,
  ) => Promise<unknown>
  /** Where the data lies. */
  readonly dataFolder: string
  /** The address of the server that answers; undefined when the data folder was opened by this process. */
  readonly server: string | undefined
  readonly close: () => Promise<void>
}

export interface CallParts {
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>
  readonly body?: unknown
  /** A body that is not JSON. */
  readonly stream?: AsyncIterable<Uint8Array>
}

/** Where a command writes: what it was asked for to `print`, how far it is to `progress`. */
export interface Out {
  readonly print: (text: string) => void
  /** Shows a line in place of the last one, where a person is looking. */
  readonly progress: (line: string) => void
  readonly isJson: boolean
}

/** What a command was called with. */
export interface Call {
  readonly words: readonly string[]
  readonly options: Readonly<Record<string, string | boolean | undefined>>
}

/** How a server is started, where that differs from the settings. */
export interface ServeOptions {
  readonly port?: number
  readonly dataFolder?: string
  /** Where relative folders of connections begin. */
  readonly filesFolder?: string
  /** Private addresses that may be called, as host:port. */
  readonly allowPrivate?: readonly string[]
}

/** A server that a command started. */
export interface Serving {
  readonly address: string
  readonly client: Client
  /** The lines that greet whoever started it, with the one link that opens the console signed in. */
  readonly welcome: string
  /** Resolves when somebody stops it; everything is closed then. */
  readonly untilStopped: (signal: AbortSignal) => Promise<void>
}

/** What a command may use. */
export interface CommandTools {
  readonly client: () => Promise<Client>
  readonly serve: (of?: ServeOptions) => Promise<Serving>
  /** Opens a platform that is thrown away, for tests of definitions. */
  readonly openHouse: OpenHouse
  readonly out: Out
  readonly definitionsFolder: string
  readonly dataFolder: string
  readonly now: () => Date
  readonly signal: AbortSignal
}

/** One option of a command. */
export interface Option {
  readonly about: string
  readonly type: 'string' | 'boolean'
}

/** A command of the command line, as data. */
export interface Command {
  readonly name: string
  /** Its words after the name, such as `<file>`; in brackets when they may be left out. */
  readonly takes: string
  readonly about: string
  readonly options?: Readonly<Record<string, Option>>
  readonly run: (call: Call, tools: CommandTools) => Promise<void>
}
