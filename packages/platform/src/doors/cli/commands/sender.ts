import { settings } from '#kernel/config.ts'
import type { Command } from '../command.ts'
import { wordOf } from '../words.ts'

interface SenderAnswer {
  readonly connection: string
  readonly stream: string
  readonly write_key: string
}

const usualAddress = `http://localhost:${settings.port.unlessSet}`

/** Sets up a sender of events and shows how to send. */
export const sender: Command = {
  name: 'sender',
  takes: '<key>',
  about: 'Set up a sender of events: streams, mappings, a write key, and code to copy',
  options: {
    label: { type: 'string', about: 'What people call it' },
    server: { type: 'boolean', about: 'Its events come from servers, not from pages and apps' },
    products: { type: 'string', about: 'The source whose products they speak of, such as shop' },
  },
  run: async (call, { client, out }) => {
    const key = wordOf(sender, call)
    const { label, server, products } = call.options
    const tessera = await client()
    const made = (await tessera.call('POST', '/senders', {
      body: {
        key,
        ...(typeof label === 'string' ? { label } : {}),
        ...(server === true ? { sender: 'server' } : {}),
        ...(typeof products === 'string' ? { products } : {}),
      },
    })) as SenderAnswer
    const host = tessera.server ?? usualAddress
    if (out.isJson) return out.print(JSON.stringify(made, null, 2))
    out.print(
      `events of ${made.connection} become rows of the stream ${made.stream}\nwrite key  ${made.write_key}\n\n${snippets({ host, writeKey: made.write_key })}`,
    )
  },
}

/** How events are sent: from a page, from Node without any package, from a shell. */
export function snippets({ host, writeKey }: { host: string; writeKey: string }): string {
  return [
    `in a page:\n\n${pageCode(host, writeKey)}`,
    `in Node:\n\n${nodeCode(host, writeKey)}`,
    `in a shell:\n\n${shellCode(host, writeKey)}`,
    `libraries for Segment, RudderStack and Jitsu send here too: their address is ${host}, their write key this one`,
  ].join('\n\n')
}

const pageCode = (host: string, writeKey: string) => `<script src="${host}/tessera.js"></script>
<script>
  const events = tessera.createTessera({ host: '${host}', writeKey: '${writeKey}' })
  events.page()
  events.identify('u-17', { email: 'ada@example.org' })
  events.track('Order Completed', { order_id: 'o-3', total: 40, currency: 'EUR' })
</script>`

const nodeCode = (
  host: string,
  writeKey: string,
) => `const answer = await fetch('${host}/events/v1/batch', {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({
    writeKey: '${writeKey}',
    batch: [
      {
        type: 'track',
        event: 'Order Completed',
        userId: 'u-17',
        messageId: crypto.randomUUID(), // the same again when the same event is sent again
        timestamp: new Date().toISOString(),
        properties: { order_id: 'o-3', total: 40, currency: 'EUR' },
      },
    ],
  }),
})
console.log(await answer.json())`

const shellCode = (
  host: string,
  writeKey: string,
) => `curl ${host}/events/v1/batch -H 'content-type: application/json' -d '
  {"writeKey":"${writeKey}","batch":[
    {"type":"identify","userId":"u-17","messageId":"m-1","traits":{"email":"ada@example.org"}}]}'`
