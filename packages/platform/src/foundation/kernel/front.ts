import type { IncomingMessage, ServerResponse } from 'node:http'

/** Answers requests itself, past the routes: for wires that are spoken thousands of times a second. */
export interface Front {
  /** Whether a request is for it. The path has no query. */
  readonly takes: (method: string, path: string) => boolean
  /** Answers, whatever happens; nothing is thrown. */
  readonly answer: (request: IncomingMessage, response: ServerResponse) => void
}
