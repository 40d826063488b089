import { type ConsentAsked, oddChannel } from '#consent'
import { defineKind, type Kind, type Need, shapeOf } from '#definitions'
import { joinPlace, type Problem } from '#kernel/fault.ts'
import {
  activationName,
  destinationName,
  type KnownAround,
  problemsOfActivation,
  warningsOfActivation,
} from './check.ts'
import {
  type ActivationBody,
  activationSchema,
  type DestinationBody,
  destinationSchema,
  measureOf,
} from './definition.ts'
import { destinationOf } from './destinations/index.ts'
import { type Foresight, foreseen } from './foresee.ts'

/** Where members can be sent. */
const destinationKind = (foresight: Foresight | undefined): Kind<DestinationBody> =>
  defineKind({
    kind: destinationName.kind,
    label: 'Destination',
    schema: destinationSchema,
    sample: `kind: destination
key: exports
type: file
settings:
  folder: exports
  format: csv
`,
    check: (body) => problemsOfSettings(body),
    warn: async (body) => [
      ...oddChannelOf(body),
      ...(foresight ? await foreseen(body, foresight) : []),
    ],
  })

/** What is sent where; what may be sent is read from the other definitions. */
const activationKind = (of: KnownAround): Kind<ActivationBody> =>
  defineKind({
    kind: activationName.kind,
    label: 'Activation',
    schema: activationSchema,
    sample: `kind: activation
key: vips_to_exports
segment: vips
destination: exports
send: changes
attributes:
  - as: first_name
    field: first_name
  - as: email
    contact_point: email
`,
    needs: needsOf,
    check: (body, all) => problemsOfActivation(body, all, of),
    warn: (body, all) => [...oddChannelOf(body), ...warningsOfActivation(body, all)],
  })

/** The kinds of definition that this room brings; what deliveries will meet is told where it can be foreseen. */
export const activationKinds = (of: KnownAround, foresight?: Foresight): readonly Kind[] => [
  destinationKind(foresight),
  activationKind(of),
]

const oddChannelOf = ({ consent }: { readonly consent?: ConsentAsked | undefined }) =>
  consent ? oddChannel(consent.channel, 'consent.channel') : []

/** What is wrong with the settings of a destination. */
export function problemsOfSettings({
  type,
  settings,
}: Pick<DestinationBody, 'type' | 'settings'>): readonly Problem[] {
  const destination = destinationOf(type)
  const shaped = shapeOf(destination.settings, settings, 'settings')
  if (!shaped.isSound) return shaped.problems
  return destination
    .check(shaped.value)
    .map((problem) => ({ ...problem, at: joinPlace('settings', problem.at) }))
}

/** What an activation speaks of, with the places where it does. */
export function needsOf({ segment, destination, attributes }: ActivationBody): readonly Need[] {
  const insights = attributes.flatMap((attribute, i) =>
    'insight' in attribute
      ? [{ kind: 'insight', key: measureOf(attribute).insight, at: `attributes[${i}].insight` }]
      : [],
  )
  return [
    { kind: 'segment', key: segment, at: 'segment' },
    { kind: 'destination', key: destination, at: 'destination' },
    ...insights,
  ]
}
