import { counted } from './format.ts'

/** What is said of whom a customer has to do with. */
export const relationsTexts = {
  title: 'Relations',
  picture: 'Relations as a picture',
  people: (count: number) => counted(count, 'other person', 'other people'),
  notShown: (count: number) => `${counted(count, 'person is', 'people are')} not drawn`,
  groupsNotShown: (count: number) =>
    `${counted(count, 'further group is', 'further groups are')} not drawn.`,
  none: 'Nobody is related to this customer',
  nothing: 'Nothing is related to this',
  noneHelp:
    'People are related by what their records name in common, and by the same street, postal code and city. Map one of these, or a Contact Point Address:',
  filled: 'mapped, but not for this customer',
  unfilled: 'nothing is mapped to it',
  back: 'Customers',
  about: (label: string, records: number) => `${label}, ${counted(records, 'record', 'records')}`,
  members: 'People',
  noMembers: 'No person is tied to it.',
}
