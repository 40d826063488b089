/** What somebody sends with, ready to be copied. */
export interface Snippet {
  readonly key: string
  readonly title: string
  /** Where the lines go, or what to mind. */
  readonly say: string
  readonly text: string
}

/** Where and with which key. */
export interface SendsTo {
  readonly host: string
  readonly writeKey: string
}

/** Every way to send, those for where the sender runs first. */
export function snippetsFor(to: SendsTo, sender: 'browser' | 'server'): readonly Snippet[] {
  const [pages, servers] = [pageSnippets(to), serverSnippets(to)]
  return sender === 'browser' ? [...pages, ...servers] : [...servers, ...pages]
}

const pageSnippets = ({ host, writeKey }: SendsTo): readonly Snippet[] => [
  {
    key: 'script',
    title: 'Script tag',
    say: 'Into every page, before `</head>`. This server serves the script; 6 KB.',
    text: `<script src="${host}/tessera.js"></script>
<script>
  const events = tessera.createTessera({ host: '${host}', writeKey: '${writeKey}' })
  events.page()
  // events.identify('u-17', { email: 'ada@example.org' })
  // events.track('Order Paid', { order: 'o-3', value: 40, currency: 'EUR' })
</script>`,
  },
  {
    key: 'analytics-next',
    title: '@segment/analytics-next',
    say: 'A page that uses it already: point `cdnURL` at this server; the settings it asks there lead its events here.',
    text: `import { AnalyticsBrowser } from '@segment/analytics-next'

const analytics = AnalyticsBrowser.load({ writeKey: '${writeKey}', cdnURL: '${host}' })`,
  },
  {
    key: 'rudder-js',
    title: '@rudderstack/analytics-js',
    say: 'A page that uses it already: both addresses are this server.',
    text: `import { RudderAnalytics } from '@rudderstack/analytics-js'

const analytics = new RudderAnalytics()
analytics.load('${writeKey}', '${host}', { configUrl: '${host}' })`,
  },
  {
    key: 'jitsu-js',
    title: '@jitsu/js',
    say: 'A page or server that uses it already: change `host`.',
    text: `import { jitsuAnalytics } from '@jitsu/js'

const analytics = jitsuAnalytics({ host: '${host}', writeKey: '${writeKey}' })`,
  },
]

const serverSnippets = ({ host, writeKey }: SendsTo): readonly Snippet[] => [
  {
    key: 'curl',
    title: 'curl',
    say: 'Any program can send so: up to 500 KiB of events in one request, answered with a verdict for each.',
    text: `curl ${host}/events/v1/batch \\
  -H 'content-type: application/json' \\
  -d '{
    "writeKey": "${writeKey}",
    "batch": [
      { "type": "track", "event": "Order Paid", "userId": "u-17", "properties": { "value": 40 } }
    ]
  }'`,
  },
  {
    key: 'node',
    title: 'Node',
    say: 'The package is `packages/sdk` of Tessera’s repository; it needs nothing else.',
    text: `import { createTessera } from '@tessera/sdk'
import { fileStorage } from '@tessera/sdk/node'

const events = createTessera({
  host: '${host}',
  writeKey: '${writeKey}',
  storage: fileStorage('/var/lib/shop/events'), // what waits survives the program
})
events.track('Order Paid', { value: 40 }, { userId: 'u-17' })
await events.close() // before the program ends`,
  },
  {
    key: 'analytics-node',
    title: '@segment/analytics-node',
    say: 'A server that uses it, or the older `analytics-node`, already: change `host`.',
    text: `import { Analytics } from '@segment/analytics-node'

const analytics = new Analytics({ writeKey: '${writeKey}', host: '${host}' })`,
  },
  {
    key: 'rudder-node',
    title: '@rudderstack/rudder-sdk-node',
    say: 'A server that uses it already: change `dataPlaneUrl`.',
    text: `import RudderAnalytics from '@rudderstack/rudder-sdk-node'

const analytics = new RudderAnalytics('${writeKey}', { dataPlaneUrl: '${host}' })`,
  },
]
