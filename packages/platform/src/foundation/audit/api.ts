import { anything, list, object, optional, type Read, record, text, whole } from '#kernel/read.ts'

/** One thing that somebody did. */
export const auditEntry = object({
  number: whole({ description: 'Rises by one with each entry.' }),
  at: text({ description: 'When, in UTC.' }),
  caller: text({ description: 'Who: the name of the token, or "system".' }),
  verb: text({ description: 'What was done, as noun.verb: "token.create".' }),
  subject: text({ description: 'To what, as kind:key: "segment:vips".' }),
  details: record(anything()),
})
export type AuditEntry = Read<typeof auditEntry>

/** Which entries to list, newest first. */
export const auditQuery = object({
  before: optional(whole({ minimum: 1, description: 'Only entries with a smaller number.' })),
  limit: optional(whole({ minimum: 1, maximum: 1000, description: '100 unless given.' })),
  subject: optional(text({ description: 'Only entries about this, as kind:key.' })),
  caller: optional(text({ description: 'Only what this one did.' })),
  verb: optional(text({ description: 'Only this, as noun.verb; or all of a noun.' })),
  search: optional(text({ description: 'Only with this in caller, verb or subject.' })),
})
export type AuditQuery = Read<typeof auditQuery>

/** The answer to a query. */
export const auditEntries = list(auditEntry)
