import { isBody } from '../../lib/body.ts'

/** The model that a ruleset uses, and from which probability on it links. */
export function modelUseIn(
  body: unknown,
): { readonly use: string; readonly at_least: number | undefined } | undefined {
  const model = isBody(body) ? body['model'] : undefined
  if (!isBody(model) || typeof model['use'] !== 'string') return undefined
  const { use, at_least } = model
  return { use, at_least: typeof at_least === 'number' ? at_least : undefined }
}
