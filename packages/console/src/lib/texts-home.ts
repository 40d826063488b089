import { counted, formatCount } from './format.ts'

/** What the first page says of today and of what wants a person. */
export const homeTexts = {
  attention: {
    title: 'Wants a person',
    nothing: 'Nothing wants a person just now.',
    open: 'Open',
    more: (count: number) => `and ${formatCount(count)} more`,
    fewer: 'Show fewer',
    log: 'New events cannot be kept',
    lake: 'Events are kept, but do not reach the lake',
    failed: (label: string) => `${label} failed`,
    interrupted: (label: string) => `${label} was interrupted`,
    stale: (nodes: number) => `${counted(nodes, 'node is', 'nodes are')} not up to date`,
    dead: (members: number, label: string) =>
      `${counted(members, 'member', 'members')} could not be delivered: ${label}`,
    deadFirings: (firings: number) =>
      `${counted(firings, 'action was', 'actions were')} given up after several attempts`,
    rejected: (records: number, label: string) =>
      `${counted(records, 'record was', 'records were')} rejected: ${label}`,
    parked: (events: number) => `${counted(events, 'event', 'events')} found no stream`,
    review: (pairs: number) =>
      `${counted(pairs, 'pair of profiles waits', 'pairs of profiles wait')} for review`,
    confirm: (members: number, label: string) =>
      `${counted(members, 'member waits', 'members wait')} for a confirmation: ${label}`,
  },
  today: {
    title: 'Last 24 hours',
    received: (count: number) => `${formatCount(count)} received`,
    stored: (count: number) => `${formatCount(count)} new or changed`,
    rejected: (count: number) => `${formatCount(count)} rejected`,
    busiest: (label: string, count: number) => `most from ${label} (${formatCount(count)})`,
    quiet: 'Nothing arrived.',
  },
}
