import { standardObject } from '../definition.ts'
import { common, instant, link, text } from './fields.ts'

const statement = {
  ...common,
  individual_id: link('individual', 'Individual'),
  contact_point: text('Contact point', 'The address or number that it is about; empty for all'),
  channel: text('Channel', 'email, phone, sms, mail ...; empty for all'),
  status: text('Status', 'opt_in or opt_out'),
  effective_from: instant('From', 'When it was modified in the source, unless said'),
  effective_to: instant('Until', 'Afterwards nothing is known'),
} as const

/** What people have agreed to, and refused. */
export const consent = [
  standardObject('contact_point_consent', {
    label: 'Contact Point Consent',
    about: 'Whether somebody, or one of their contact points, may be reached for a purpose',
    subject_area: 'consent',
    category: 'other',
    fields: {
      ...statement,
      purpose: text('Purpose', 'marketing, service ...; empty for every purpose'),
    },
    shows: ['channel', 'purpose', 'status'],
  }),
  standardObject('communication_subscription_consent', {
    label: 'Communication Subscription Consent',
    about: 'Whether somebody has subscribed to something that is sent regularly',
    subject_area: 'consent',
    category: 'other',
    fields: {
      ...statement,
      subscription: text('Subscription', 'newsletter, price alerts ...; asked for as a purpose'),
    },
    shows: ['subscription', 'channel', 'status'],
  }),
]
