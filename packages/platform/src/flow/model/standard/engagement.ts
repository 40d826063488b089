import { standardObject } from '../definition.ts'
import { common, decimal, instant, link, text } from './fields.ts'

const engagement = {
  ...common,
  individual_id: link('individual', 'Individual'),
  engaged_at: instant('When'),
  action: text('Action', 'open, click, view ...'),
  channel: text('Channel'),
} as const

/** What people did, and what they asked for. */
export const engagements = [
  standardObject('website_engagement', {
    label: 'Website Engagement',
    subject_area: 'engagement',
    category: 'engagement',
    fields: {
      ...engagement,
      anonymous_id: text('Anonymous id', 'Cookie or device that has not signed in'),
      session_id: text('Session'),
      page_url: text('Page'),
      page_title: text('Page title'),
      referrer: text('Referrer'),
      product_id: link('product', 'Product'),
      user_agent: text('Browser'),
    },
    time: 'engaged_at',
    shows: ['action', 'page_url'],
  }),
  standardObject('email_engagement', {
    label: 'Email Engagement',
    subject_area: 'engagement',
    category: 'engagement',
    fields: {
      ...engagement,
      contact_point_id: link('contact_point_email', 'Contact point'),
      campaign: text('Campaign'),
      subject: text('Subject'),
      link_url: text('Link'),
    },
    time: 'engaged_at',
    shows: ['action', 'campaign', 'link_url'],
  }),
  standardObject('device_application_engagement', {
    label: 'Device Application Engagement',
    subject_area: 'engagement',
    category: 'engagement',
    fields: {
      ...engagement,
      device_id: text('Device'),
      application: text('Application'),
      screen_name: text('Screen'),
      seconds_in_app: decimal('Seconds in the app'),
    },
    time: 'engaged_at',
    shows: ['action', 'screen_name'],
  }),
  standardObject('case', {
    label: 'Case',
    about: 'Something a customer needs help with',
    subject_area: 'case',
    category: 'engagement',
    fields: {
      ...common,
      individual_id: link('individual', 'Individual'),
      account_id: link('account', 'Account'),
      case_number: text('Case number'),
      subject: text('Subject'),
      status: text('Status'),
      priority: text('Priority'),
      origin: text('Origin'),
      opened_at: instant('Opened'),
      closed_at: instant('Closed'),
    },
    time: 'opened_at',
    shows: ['subject', 'status', 'priority'],
  }),
]
