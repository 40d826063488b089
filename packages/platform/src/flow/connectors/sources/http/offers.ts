import type { Offer } from '../../connector.ts'
import { connectorFaults } from '../../faults.ts'
import type { Caller } from './caller.ts'
import type { HttpSettings } from './definition.ts'
import { requestFor } from './request.ts'

/** What an OpenAPI description says can be read without further words: GET, no parameter in the path, none required. */
export async function offersOf(call: Caller, settings: HttpSettings): Promise<readonly Offer[]> {
  if (settings.openapi === undefined) return []
  const { text } = await call(requestFor(settings, { path: settings.openapi }))
  const paths = membersOf(membersOf(parsed(text, settings.openapi))['paths'])
  return Object.entries(paths).flatMap(([path, item]) => {
    const get = membersOf(item)['get']
    const parameters = [membersOf(item)['parameters'], membersOf(get)['parameters']].flat()
    const needsMore = parameters.some((parameter) => membersOf(parameter)['required'] === true)
    if (get === undefined || needsMore || path.includes('{')) return []
    const summary = membersOf(get)['summary']
    return [{ name: typeof summary === 'string' ? `${path}: ${summary}` : path, source: { path } }]
  })
}

function parsed(text: string, path: string): unknown {
  try {
    return JSON.parse(text)
  } catch (thrown) {
    const why = 'an OpenAPI description is expected there, in JSON'
    throw connectorFaults.not_json({ what: `GET ${path}`, why, beginning: '' }, { cause: thrown })
  }
}

const membersOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? { ...value } : {}
