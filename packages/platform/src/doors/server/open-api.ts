import type { Route } from '#kernel/route.ts'

type Json = Readonly<Record<string, unknown>>

const faultSchema = {
  type: 'object',
  properties: {
    error: {
      type: 'object',
      required: ['code', 'message'],
      properties: {
        code: { type: 'string', description: 'Stable; listed in docs/faults.md' },
        message: { type: 'string' },
        at: { type: 'string' },
        problems: { type: 'array', items: { type: 'object' } },
        details: { type: 'object' },
      },
    },
  },
}

/** The description of all routes as OpenAPI 3.1, whose schemas are the very ones that requests are read with. */
export function openApiOf(routes: readonly Route[], version: string) {
  const paths: Record<string, Record<string, Json>> = {}
  for (const route of routes) {
    const path = `/api${route.path.replace(/:(\w+)/g, '{$1}')}`
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operationOf(route) }
  }
  return {
    openapi: '3.1.0' as const,
    info: { title: 'Tessera', version, description: 'An open customer data platform.' },
    components: {
      securitySchemes: { token: { type: 'http' as const, scheme: 'bearer' } },
      schemas: { Fault: faultSchema as object },
    },
    security: [{ token: [] }],
    // The library asks for a type of its own for what is plain JSON.
    paths: paths as Record<string, never>,
  }
}

function operationOf(route: Route): Json {
  const schema = plain(route.answer)
  return {
    tags: [route.tag],
    summary: route.summary,
    description: `Needs the right to ${route.may.replaceAll('_', ' ')}.`,
    parameters: [...parametersOf(route.params, 'path'), ...parametersOf(route.query, 'query')],
    ...bodyOf(route),
    responses: {
      200: {
        description: 'Done',
        ...(schema ? { content: { 'application/json': { schema } } } : {}),
      },
      default: {
        description: 'Refused',
        content: { 'application/json': { schema: { $ref: '#/components/schemas/Fault' } } },
      },
    },
  }
}

function bodyOf({ body, takesStream }: Route): Json {
  const schema = plain(body)
  if (takesStream) {
    return {
      requestBody: {
        content: { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } },
      },
    }
  }
  return schema ? { requestBody: { content: { 'application/json': { schema } } } } : {}
}

function parametersOf(schema: Route['params'], place: 'path' | 'query'): readonly Json[] {
  const { properties = {}, required = [] } = (plain(schema) ?? {}) as {
    properties?: Json
    required?: readonly string[]
  }
  return Object.entries(properties).map(([name, of]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    schema: of,
  }))
}

// Only what JSON keeps: the schema library hangs more on its values. References inside a schema become local to it.
function plain(schema: Route['answer']): Json | undefined {
  if (schema === undefined) return undefined
  return JSON.parse(
    JSON.stringify(schema).replaceAll(/"\$ref":"(\w+)"/g, '"$ref":"#/$defs/$1"'),
  ) as Json
}
