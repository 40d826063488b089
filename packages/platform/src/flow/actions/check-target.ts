import { type DestinationBody, destinations, missingAttributes, ownColumns } from '#activation'
import { type Catalogue, shapeOf } from '#definitions'
import type { Problem } from '#kernel/fault.ts'
import type { ActionBody } from './definition.ts'
import { actionFaults } from './faults.ts'

/** What is around the target of an action. */
export interface AroundTarget {
  readonly all: Catalogue
  /** The names of the body forms that there are. */
  readonly forms: readonly string[]
}

/** What is wrong with where an action sends, and with what it sends there. */
export function problemsOfTarget(
  body: ActionBody,
  { all, forms }: AroundTarget,
): readonly Problem[] {
  const { target } = body
  if ('webhook' in target) return problemsOfForm(target.webhook, forms)
  return [
    ...problemsOfGone(body),
    ...problemsOfOwnNames(body),
    ...problemsOfDestination(body, target.destination, all),
  ]
}

function problemsOfForm(
  { form }: { readonly form?: string | undefined },
  forms: readonly string[],
): readonly Problem[] {
  return form === undefined || forms.includes(form)
    ? []
    : actionFaults.unknown_form({ form, forms }, { at: 'target.webhook.form' }).problems
}

/** Destinations know people who come and leave: what is sent there would be written as one who has come. */
function problemsOfGone({ when }: ActionBody): readonly Problem[] {
  return 'row' in when && when.change === 'deleted'
    ? actionFaults.gone_to_destination({ row: when.row }, { at: 'target.destination' }).problems
    : []
}

const problemsOfOwnNames = ({ attributes = [] }: ActionBody): readonly Problem[] =>
  attributes.flatMap(({ as }, i) =>
    ownColumns.some((own) => own === as.toLowerCase())
      ? actionFaults.taken_name({ as }, { at: `attributes[${i}].as` }).problems
      : [],
  )

function problemsOfDestination(
  { attributes = [] }: ActionBody,
  key: string,
  all: Catalogue,
): readonly Problem[] {
  const found = all.find<DestinationBody>('destination', key)?.body
  const destination = destinations.find((one) => one.key === found?.type)
  // Settings that are wrong are told at the destination.
  if (!found || !destination) return []
  if (!shapeOf(destination.settings, found.settings, 'settings').isSound) return []
  const names = attributes.map(({ as }) => as)
  return [
    ...missingAttributes(destination.needs(found.settings), { destination: key, names }),
    ...(destination.writesParquet?.(found.settings) === true
      ? actionFaults.no_parquet({}, { at: 'target.destination' }).problems
      : []),
  ]
}
