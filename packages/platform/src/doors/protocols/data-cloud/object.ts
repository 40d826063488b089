import type { Target } from '#collect'

/** The types that a field of the wire can have. */
export const ingestTypes = ['text', 'number', 'boolean', 'date', 'timestamp'] as const
export type IngestType = (typeof ingestTypes)[number]

/** One field of what may be sent. */
export interface IngestField {
  /** Its column in the lake. */
  readonly name: string
  /** What it is called on the wire; what is kept calls it so, and the lake finds its column by that. */
  readonly label: string
  readonly type: IngestType
  /** Whether it needs a value. The field itself has to be in every whole record, whether it needs one or not. */
  readonly required: boolean
}

/** What may be sent under one name, and where it goes. */
export interface IngestObject extends Target {
  /** Whether a key comes once, as of what happened: the same key again is a repetition, and no newer version. */
  readonly once: boolean
  /** Whether a record may leave fields out, which then stay as they were; those of the key are in every record. */
  readonly partial: boolean
  /** Names of fields. */
  readonly primaryKey: readonly string[]
  /** Name of the field that says when it happened, where the object is about what happened. */
  readonly eventTime?: string | undefined
  readonly fields: readonly IngestField[]
}

/** What the fields of the key are called on the wire. */
export const keyLabels = ({ primaryKey, fields }: IngestObject): readonly string[] =>
  primaryKey.map((key) => fields.find(({ name }) => name === key)?.label ?? key)

/** Whether a field may not be left blank: those of the key, the one that says when, and those that are marked. */
export const needsValue = (
  { primaryKey, eventTime }: IngestObject,
  { name, required }: IngestField,
): boolean => required || name === eventTime || primaryKey.includes(name)
