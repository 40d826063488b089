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
    profile: ['ProfileEvent', 'Action'],
  }

const prompts: Readonly<Partial<Record<NonNullable<SentFiring['change']>, string>>> = {
  created: 'Insert',
  changed: 'Update',
  deleted: 'Delete',
  entered: 'Insert',
  left: 'Delete',
}

function eventOf(firing: SentFiring, { action, source, now }: AboutFirings) {
  const [type, usual] = eventTypes[firing.trigger]
  const { change, data, was = {} } = firing
  const prompt = (change && prompts[change]) ?? usual
  // What was taken away has no current values; those it had last are the ones before.
  const [current, previous] = change === 'deleted' ? [{}, data] : [data, was]
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
    PayloadCurrentValue: JSON.stringify(current),
    PayloadPrevValue: JSON.stringify(previous),
    ProfileIdValue: profileIn(firing),
    SourceObjectDeveloperName: source,
    TriggerEntity: source,
    TraceIdValue: firing.id,
    CreatedById: 'tessera',
    CreatedDate: firing.metAt,
  }
}

// An event names a person, also one whom no profile is known of yet; what other triggers name without a profile is no person.
const profileIn = ({ profileId, person, trigger }: SentFiring): string =>
  profileId ?? (trigger === 'event' ? person : null) ?? ''

/** A schema that all values of these firings fit. */
function schemaOf(firings: readonly SentFiring[], { action }: AboutFirings) {
  const values = firings.flatMap(({ data, was }) => (was ? [data, was] : [data]))
  const names = [...new Set(values.flatMap((of) => Object.keys(of)))]
  return {
    title: action,
    version,
    type: 'object',
    properties: Object.fromEntries(
      names.map((name) => [
        name,
        {
          type: [
            ...new Set(values.filter((of) => name in of).map((of) => typeOf(of[name] ?? null))),
          ],
        },
      ]),
    ),
  }
}

function typeOf(value: SentFiring['data'][string]): string {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'array' : typeof value
}
