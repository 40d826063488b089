import type { Static, TSchema } from 'typebox'
import type { Caller, Right } from './caller.ts'

/** One request that passed its readers. */
export interface RouteRequest<Params, Query, Body> {
  readonly params: Params
  readonly query: Query
  readonly body: Body
  readonly caller: Caller
  readonly signal: AbortSignal
}

/** An answer that is not JSON: a stream with its media type. */
export interface StreamAnswer {
  readonly mediaType: string
  readonly stream: AsyncIterable<Uint8Array | string>
  readonly fileName?: string
}

/** Describes one HTTP face of a verb as data; the server turns it into an endpoint, the CLI and the docs read it too. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** Path below `/api`, parameters as `:name`. */
  readonly path: string
  readonly summary: string
  readonly tag: string
  readonly may: Right
  readonly params?: TSchema
  readonly query?: TSchema
  readonly body?: TSchema
  readonly answer?: TSchema
  /** Takes a raw body of any type as a stream instead of JSON. */
  readonly takesStream?: boolean
  readonly run: (request: RouteRequest<never, never, never>) => Promise<unknown>
}

type Of<S, Otherwise> = S extends TSchema ? Static<S> : Otherwise

/** Declares a route; the types of the request are taken from its readers. */
export function route<
  P extends TSchema | undefined = undefined,
  Q extends TSchema | undefined = undefined,
  B extends TSchema | undefined = undefined,
>(of: {
  readonly method: Route['method']
  readonly path: string
  readonly summary: string
  readonly tag: string
  readonly may: Right
  readonly params?: P
  readonly query?: Q
  readonly body?: B
  readonly answer?: TSchema
  readonly takesStream?: boolean
  readonly run: (
    request: RouteRequest<
      Of<P, Record<string, never>>,
      Of<Q, Record<string, never>>,
      Of<B, undefined>
    >,
  ) => Promise<unknown>
}): Route {
  // The server validates each part with the very schema its type was taken from.
  return of as unknown as Route
}
