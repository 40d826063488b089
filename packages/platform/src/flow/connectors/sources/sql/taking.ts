import type { Taking } from '../../connector.ts'

/** Rows that only come once have to be told from those that came before: by a cursor, or by their keys. */
export const problemWithTaking = ({ source, mode, hasKey }: Taking): string | undefined =>
  mode === 'append' && source['cursor'] === undefined && !hasKey
    ? 'every look would take all rows again: give the source a "cursor", the stream a "primary_key", or use the mode "full"'
    : undefined
