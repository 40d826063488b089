import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createServer, type RequestListener } from 'node:http'
import { join } from 'node:path'
import fastifyStatic from '@fastify/static'
import fastifySwagger from '@fastify/swagger'
import fastifySwaggerUi from '@fastify/swagger-ui'
import fastify, { type FastifyInstance, type FastifyRequest } from 'fastify'
import { type Access, demand } from '#access'
import type { Caller } from '#kernel/caller.ts'
import { refusal } from '#kernel/fault.ts'
import type { Front } from '#kernel/front.ts'
import type { Ids } from '#kernel/ids.ts'
import type { Log } from '#kernel/log.ts'
import { fromText, problemsOf } from '#kernel/read.ts'
import type { Route } from '#kernel/route.ts'
import { answer, refuse } from './answers.ts'
import { serverFaults } from './faults.ts'
import { openApiOf } from './open-api.ts'

/** The HTTP face: listens on a socket, or answers in-process. */
export type App = FastifyInstance

/** What the HTTP face is made of. */
export interface AppParts {
  readonly routes: readonly Route[]
  /** Wires that answer for themselves, asked in this order before the routes. */
  readonly fronts?: readonly Front[]
  readonly access: Access
  readonly log: Log
  readonly ids: Ids
  /** The built console; its pages are left out when it is not there. */
  readonly consoleFolder?: string
  /** Where the scripts are with which pages send events; those that are not there are not served. */
  readonly senderScripts?: string
  readonly version: string
}

const mostBodyBytes = 16 * 1024 ** 2

const headers = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
}

/** Where a page may take things from, and whose pages may show it in a frame. */
const policyFor = (framedBy: string): string =>
  `default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors ${framedBy}`
const policyHeader = 'content-security-policy'
const policy = policyFor("'none'")

/** Makes the HTTP face of every route that the rooms bring. It does not listen yet. */
export async function makeApp(parts: AppParts): Promise<FastifyInstance> {
  const app = fastify({
    logger: false,
    bodyLimit: mostBodyBytes,
    genReqId: () => parts.ids.next(),
    // A stopped server answers what it has begun, and refuses the rest with a word.
    return503OnClosing: true,
    forceCloseConnections: 'idle',
    serverFactory: (routes) => createServer(patience, behind(parts.fronts ?? [], routes)),
  })
  app.setErrorHandler((thrown, request, reply) => refuse(parts.log, thrown, request, reply))
  app.addHook('onSend', async (_, reply) => {
    reply.headers(headers)
    // The page that may be embedded says by itself where.
    if (!reply.hasHeader(policyHeader)) reply.header(policyHeader, policy)
  })
  app.removeContentTypeParser('text/plain')
  app.addContentTypeParser('application/octet-stream', (_, payload, done) => done(null, payload))
  await describe(app, parts)
  app.get('/api/health', { schema: { hide: true } }, async () => ({ ok: true }))
  for (const route of parts.routes) addRoute(app, parts, route)
  await serveSenderScripts(app, parts.senderScripts)
  await serveConsole(app, parts)
  return app
}

/** Whoever opens a connection and says nothing, or speaks slower than this, is let go. */
const patience = {
  headersTimeout: 15_000,
  requestTimeout: 900_000,
  keepAliveTimeout: 30_000,
  connectionsCheckingInterval: 5_000,
  noDelay: true,
}

/** The fronts before the routes: the first that takes a request answers it. */
function behind(fronts: readonly Front[], routes: RequestListener): RequestListener {
  if (fronts.length === 0) return routes
  return (request, response) => {
    const { method = 'GET', url = '/' } = request
    const query = url.indexOf('?')
    const path = query < 0 ? url : url.slice(0, query)
    const front = fronts.find(({ takes }) => takes(method, path))
    if (front) front.answer(request, response)
    else routes(request, response)
  }
}

async function describe(app: FastifyInstance, { routes, version }: AppParts) {
  await app.register(fastifySwagger, {
    mode: 'static',
    specification: { document: openApiOf(routes, version) },
  })
  await app.register(fastifySwaggerUi, { routePrefix: '/docs', staticCSP: true })
}

function addRoute(app: FastifyInstance, { access }: AppParts, route: Route) {
  app.route({
    method: route.method,
    url: `/api${route.path}`,
    onRequest: async (request) => {
      callers.set(request, demand(await callerOf(access, request), route.may))
    },
    handler: async (request, reply) => {
      const parts = read(route, request)
      const gone = new AbortController()
      reply.raw.on('close', () => gone.abort(new Error('the caller went away')))
      const caller = callers.get(request)
      if (!caller) throw new Error('a request came past the door')
      // Each part was read by the schema that the route took its type from.
      const result = await route.run({ ...parts, caller, signal: gone.signal } as Parameters<
        Route['run']
      >[0])
      return answer(reply, result)
    },
  })
}

const callers = new WeakMap<FastifyRequest, Caller>()

// Everything in an address is text; its schema says what was meant.
function read({ params, query, body }: Route, request: FastifyRequest) {
  const of = {
    params: params ? fromText(params, request.params) : {},
    query: query ? fromText(query, request.query) : {},
    body: request.body,
  }
  const schemas = { params, query, body }
  const problems = (['params', 'query', 'body'] as const).flatMap((part) => {
    const schema = schemas[part]
    return schema === undefined ? [] : problemsOf(schema, of[part], part)
  })
  if (problems.length > 0) throw refusal(problems)
  return of
}

async function callerOf(access: Access, { headers: { authorization } }: FastifyRequest) {
  const token = /^Bearer (.+)$/i.exec(authorization ?? '')?.[1]
  return token === undefined ? undefined : access.callerOf(token)
}

/** Open to pages of every origin, as they load it. */
async function serveSenderScripts(app: FastifyInstance, folder: string | undefined) {
  for (const name of ['tessera.js', 'tessera-decisions.js']) {
    const file = folder && join(folder, name)
    if (!file || !existsSync(file)) continue
    const script = await readFile(file)
    app.get(`/${name}`, { schema: { hide: true } }, async (_, reply) =>
      reply
        .type('text/javascript; charset=utf-8')
        .header('access-control-allow-origin', '*')
        .header('cross-origin-resource-policy', 'cross-origin')
        .header('cache-control', 'public, max-age=300')
        .send(script),
    )
  }
}

async function serveConsole(app: FastifyInstance, { access, consoleFolder: folder }: AppParts) {
  const hasConsole = folder !== undefined && existsSync(join(folder, 'index.html'))
  if (hasConsole) {
    await app.register(fastifyStatic, {
      root: folder,
      cacheControl: false,
      setHeaders: (reply, path) => void reply.header('cache-control', cachingOf(path)),
    })
    // The token itself stays behind the #, which browsers keep to themselves; its id says who may embed.
    app.get<{ Params: { token: string } }>(
      '/embed/:token/*',
      { schema: { hide: true } },
      async (request, reply) => {
        const origins = await access.originsOf(request.params.token)
        if (origins.length > 0) reply.header(policyHeader, policyFor(origins.join(' ')))
        return reply.sendFile('index.html')
      },
    )
  }
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?')[0] ?? ''
    const isPage = request.method === 'GET' && !/^\/(api|assets)\//.test(path)
    // Addresses of the console's pages are known to the console alone.
    if (hasConsole && isPage) return reply.sendFile('index.html')
    throw serverFaults.unknown_route({ method: request.method, path })
  })
}

// Names of assets change with their content; the page that names them must be asked for anew.
const cachingOf = (path: string) =>
  path.includes('assets') ? 'public, max-age=31536000, immutable' : 'no-cache'
