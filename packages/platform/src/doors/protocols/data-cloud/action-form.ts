import type { AboutFirings, BodyForm, SentFiring } from '#actions'

/** The body of a webhook as data actions of Data Cloud write it. */
export const dataCloudForm: BodyForm = {
  key: 'data_cloud',
  write: (firings, about) =>
    JSON.stringify({
      creationDateTime: about.now.toISOString(),
      count: firings.length,
      schemas: [{ schemaId: about.action, schema: JSON.stringify(schemaOf(firings, about)) }],
      events: firings.map((firing) => eventOf(firing, about)),
    }),
}

const version = '1.0'

/** What an event of ours is called there. */
const eventTypes: Readonly<Record<SentFiring['trigger'], readonly [type: string, prompt: string]>> =
  {
    event: ['StreamingEvent', 'Insert'],
    row: ['CDCEvent', 'Update'],
    insight: ['InsightEvent', 'Action'],
    segment: ['SegmentEvent', 'Action'],
  }

function eventOf(firing: SentFiring, { action, source, now }: AboutFirings) {
  const [type, prompt] = eventTypes[firing.trigger]
  return {
    ActionDeveloperName: action,
    EventType: type,
    EventPrompt: prompt,
    EventCreationDateTime: firing.happenedAt,
    EventPublishDateTime: now.toISOString(),
    EventSchemaVersion: version,
    EventUuid: firing.id,
    Offset: firing.occurrence,
    ReplayId: firing.id,
    PayloadSchema: action,
    PayloadMetadata: '{}',
    PayloadCurrentValue: JSON.stringify(firing.data),
    PayloadPrevValue: '{}',
    ProfileIdValue: firing.profileId ?? firing.person ?? '',
    SourceObjectDeveloperName: source,
    TriggerEntity: source,
    TraceIdValue: firing.id,
    CreatedById: 'tessera',
    CreatedDate: firing.metAt,
  }
}

/** A schema that all values of these firings fit. */
function schemaOf(firings: readonly SentFiring[], { action }: AboutFirings) {
  const names = [...new Set(firings.flatMap(({ data }) => Object.keys(data)))]
  return {
    title: action,
    version,
    type: 'object',
    properties: Object.fromEntries(
      names.map((name) => [
        name,
        { type: [...new Set(firings.map(({ data }) => typeOf(data[name] ?? null)))] },
      ]),
    ),
  }
}

function typeOf(value: SentFiring['data'][string]): string {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'array' : typeof value
}
