import { key, object, oneOf, optional, type Read, text } from '#kernel/read.ts'

/** What is known of a consent: it was given, it was refused, or neither. */
export const standings = ['opted_in', 'opted_out', 'unknown'] as const
export type Standing = (typeof standings)[number]

/** By what somebody would be reached, such as `email` or `sms`, and what for. */
export const reach = {
  channel: key(),
  /** What for, or which subscription; without it only what was said of all purposes counts. */
  purpose: optional(text({ minLength: 1 })),
}

/** Channels as most call them; others may be named, but who means one of these should write it so. */
export const usualChannels = ['email', 'phone', 'sms', 'mail', 'push', 'whatsapp'] as const

/** Who may be reached where nothing is known: nobody, or whoever has not refused. */
export const bases = ['required', 'unless_refused'] as const

/** What must be known of a person before they are reached. */
export const consentSchema = object({ ...reach, basis: oneOf(bases) })
export type ConsentAsked = Read<typeof consentSchema>

/** May somebody be reached this way? */
export type ConsentQuestion = Pick<ConsentAsked, 'channel' | 'purpose'>

/** Whether somebody of whom this is known may be reached. */
export const allows = (basis: ConsentAsked['basis'], standing: Standing): boolean =>
  basis === 'required' ? standing === 'opted_in' : standing !== 'opted_out'
