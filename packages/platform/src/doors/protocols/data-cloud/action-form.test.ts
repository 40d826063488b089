import { expect, test } from 'vitest'
import { dataCloudForm } from './action-form.ts'

test('writes firings as data actions do', () => {
  const firing = {
    id: 'f1',
    action: 'big_order',
    trigger: 'event',
    person: 'u-17',
    profileId: '42',
    occurrence: 'shop 12',
    happenedAt: '2026-02-03T10:00:00.000Z',
    metAt: '2026-02-03T10:00:00.020Z',
    data: { total: 612.5, name: 'Ada' },
  } as const
  const about = {
    action: 'big_order',
    label: 'A big order',
    source: 'shop',
    now: new Date('2026-02-03T10:00:01Z'),
  }
  const later = { ...firing, id: 'f2', profileId: null, data: { total: null, name: 'Bob' } }
  const body = JSON.parse(dataCloudForm.write([firing, later], about))
  expect(body).toMatchObject({
    creationDateTime: '2026-02-03T10:00:01.000Z',
    count: 2,
    schemas: [{ schemaId: 'big_order' }],
    events: [
      {
        ActionDeveloperName: 'big_order',
        EventPrompt: 'Insert',
        EventUuid: 'f1',
        EventCreationDateTime: '2026-02-03T10:00:00.000Z',
        ProfileIdValue: '42',
        SourceObjectDeveloperName: 'shop',
        PayloadCurrentValue: '{"total":612.5,"name":"Ada"}',
      },
      { EventUuid: 'f2', ProfileIdValue: 'u-17' },
    ],
  })
  // The members that section 13 of the reference names, in its order.
  expect(Object.keys(body.events[0])).toEqual([
    'ActionDeveloperName',
    'EventType',
    'EventPrompt',
    'EventCreationDateTime',
    'EventPublishDateTime',
    'EventSchemaVersion',
    'EventUuid',
    'Offset',
    'ReplayId',
    'PayloadSchema',
    'PayloadMetadata',
    'PayloadCurrentValue',
    'PayloadPrevValue',
    'ProfileIdValue',
    'SourceObjectDeveloperName',
    'TriggerEntity',
    'TraceIdValue',
    'CreatedById',
    'CreatedDate',
  ])
  expect(JSON.parse(body.schemas[0].schema).properties).toEqual({
    total: { type: ['number', 'null'] },
    name: { type: ['string'] },
  })
})

test('tells a row that came, changed or was taken away, with what it was before', () => {
  const row = {
    id: 'f1',
    action: 'stages',
    trigger: 'row',
    person: 'opportunity 7',
    profileId: null,
    occurrence: '12',
    happenedAt: '2026-02-03T10:00:00.000Z',
    metAt: '2026-02-03T10:00:00.020Z',
    data: { Stage: 'won' },
  } as const
  const about = {
    action: 'stages',
    label: 'Stages',
    source: 'opportunity',
    now: new Date('2026-02-03T10:00:01Z'),
  }
  const written = dataCloudForm.write(
    [
      { ...row, change: 'created' },
      { ...row, change: 'changed', was: { Stage: 'open', Amount: 5 } },
      { ...row, change: 'deleted' },
    ],
    about,
  )
  const body = JSON.parse(written)
  expect(
    body.events.map((event: Readonly<Record<string, string>>) => [
      event['EventPrompt'],
      event['PayloadCurrentValue'],
      event['PayloadPrevValue'],
    ]),
  ).toEqual([
    ['Insert', '{"Stage":"won"}', '{}'],
    ['Update', '{"Stage":"won"}', '{"Stage":"open","Amount":5}'],
    ['Delete', '{}', '{"Stage":"won"}'],
  ])
  expect(JSON.parse(body.schemas[0].schema).properties).toEqual({
    Stage: { type: ['string'] },
    Amount: { type: ['number'] },
  })
})

test('what is no person has no profile', () => {
  const firing = {
    id: 'f3',
    action: 'price_drop',
    trigger: 'row',
    change: 'changed',
    person: 'price 123',
    profileId: null,
    occurrence: '7',
    happenedAt: '2026-02-03T10:00:00.000Z',
    metAt: '2026-02-03T10:00:00.020Z',
    data: { price: 8 },
  } as const
  const about = { action: 'price_drop', label: 'A price', source: 'price', now: new Date() }
  const { events } = JSON.parse(dataCloudForm.write([firing], about))
  expect(events).toMatchObject([{ EventType: 'CDCEvent', ProfileIdValue: '' }])
})

test('tells who entered a segment and who left it', () => {
  const stay = {
    id: 'f1',
    action: 'vips',
    trigger: 'segment',
    person: '42',
    profileId: '42',
    occurrence: 'vips left 7',
    happenedAt: '2026-02-03T10:00:00.000Z',
    metAt: '2026-02-03T10:00:00.020Z',
    data: {},
  } as const
  const now = new Date('2026-02-03T10:00:01Z')
  const about = { action: 'vips', label: 'Vips', source: 'vips', now }
  const { events } = JSON.parse(
    dataCloudForm.write(
      [
        { ...stay, change: 'entered' },
        { ...stay, change: 'left' },
      ],
      about,
    ),
  )
  expect(events.map((event: { EventPrompt: string }) => event.EventPrompt)).toEqual([
    'Insert',
    'Delete',
  ])
})
