import type { Static, TSchema } from 'typebox'
import type { Right } from '#kernel/caller.ts'
import type { Problem } from '#kernel/fault.ts'
import type { Catalogue } from './catalogue.ts'
import type { Reference } from './definition.ts'

/** A reference to another definition, with the path inside the body where it is written. */
export interface Need extends Reference {
  readonly at?: string
}

/** A kind by its name; the type of its bodies travels with it. */
export interface KindName<Body = unknown> {
  readonly kind: string
  /** Never there at run time. */
  readonly '~body'?: Body
}

/** One kind of definition: what its bodies look like, what they must obey and what they need. */
export interface Kind<Body = unknown> extends KindName<Body> {
  readonly label: string
  readonly schema: TSchema
  /** A small definition that holds, as a YAML document; shown to people who start from nothing. */
  readonly sample?: string
  /** Keys that the program brings itself: they may be referred to without being defined. */
  readonly given?: readonly string[]
  readonly check?: Check<unknown>
  /** What should be known of a body that may be saved all the same: what depends on the moment, or is only likely to be a mistake. */
  readonly warn?: Warn<unknown>
  /** What must be there for this to hold; a missing one is told, a needed one cannot be removed. */
  readonly needs?: (body: unknown) => readonly Need[]
  /** What whoever saves it must be allowed besides saving. */
  readonly rights?: (body: unknown) => readonly Right[]
}

/**
 * What the schema cannot say. `all` shows the definitions as they would be after the change; places in problems are
 * paths inside the body.
 */
export type Check<Body> = (body: Body, all: Catalogue, self: Reference) => readonly Problem[]

/** As a check, but asked when somebody plans, and may look at what is there at that moment. */
export type Warn<Body> = (
  ...of: Parameters<Check<Body>>
) => readonly Problem[] | Promise<readonly Problem[]>

/** Declares a kind; the type of its bodies is taken from its schema. */
export function defineKind<const S extends TSchema>(of: {
  readonly kind: string
  readonly label: string
  readonly schema: S
  readonly sample?: string
  readonly given?: readonly string[]
  readonly check?: Check<Static<S>>
  readonly warn?: Warn<Static<S>>
  readonly needs?: (body: Static<S>) => readonly Need[]
  readonly rights?: (body: Static<S>) => readonly Right[]
}): Kind<Static<S>> {
  // `check`, `warn`, `needs` and `rights` are only called with bodies that the schema has accepted.
  return of as Kind<Static<S>>
}

/** All kinds by name; two of one name are a bug. */
export type Kinds = ReadonlyMap<string, Kind>

/** Gathers the kinds that the rooms bring. */
export function gatherKinds(kinds: readonly Kind[]): Kinds {
  const all = new Map(kinds.map((kind) => [kind.kind, kind]))
  if (all.size < kinds.length) throw new Error('two kinds of definition have the same name')
  return all
}
