import { type Answer, jsonAnswer, makeAnswer } from '#wire'
import { segmentSpecFaults } from './faults.ts'

/** Where clients reach this server. */
export interface Base {
  readonly protocol: 'http' | 'https'
  readonly host: string
}

// Short, because the answer names the host; `private`, because nobody between should keep it for others.
const briefly = ['Cache-Control', 'private, max-age=60']

/** What a page's client library asks at load: where to send, and that it need not measure itself. */
export const settingsAnswer = (writeKey: string, { protocol, host }: Base): Answer =>
  jsonAnswer(
    200,
    {
      integrations: { 'Segment.io': { apiKey: writeKey, apiHost: `${host}/v1`, protocol } },
      metrics: { sampleRate: 0 },
      plan: {},
    },
    briefly,
  )

/** What RudderStack's client libraries ask before they send anything. Every key may send; unknown ones are parked. */
export const sourceConfigAnswer = (writeKey: string, now: Date): Answer =>
  jsonAnswer(
    200,
    {
      source: {
        id: writeKey,
        name: 'events',
        writeKey,
        enabled: true,
        workspaceId: 'tessera',
        config: {
          statsCollection: { errors: { enabled: false }, metrics: { enabled: false } },
        },
        destinations: [],
        connections: [],
        dataplanes: {},
      },
      updatedAt: now.toISOString(),
      consentManagementMetadata: { providers: [], resolutionStrategies: {} },
    },
    briefly,
  )

/** The script of HTML snippets: where it can be had, or itself. */
export type Script = { readonly url: string } | { readonly text: Buffer }

/** The script of an HTML snippet, or what to do when there is none. */
export function scriptAnswer(script: Script | undefined): Answer {
  if (script && 'text' in script)
    return makeAnswer(200, script.text, {
      type: 'text/javascript; charset=utf-8',
      headers: ['Cache-Control', 'public, max-age=300'],
    })
  if (script)
    return makeAnswer(302, '', {
      type: 'text/plain',
      headers: ['Location', script.url, ...briefly],
    })
  const { status, code, message } = segmentSpecFaults.no_script({})
  return jsonAnswer(status, { success: false, error: { code, message } })
}
