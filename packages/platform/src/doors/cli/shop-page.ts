import { once } from 'node:events'
import { createServer } from 'node:http'

/** A page of a web shop, in which somebody clicks and sees what is decided for them. */
export interface ShopPage {
  readonly address: string
  readonly close: () => Promise<void>
}

/** Serves the page on a free port of this machine: another origin than the server, as a shop is. */
export async function startShopPage(of: {
  readonly host: string
  readonly writeKey: string
}): Promise<ShopPage> {
  const page = pageOf(of)
  const server = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(page)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const bound = server.address()
  if (bound === null || typeof bound === 'string') throw new Error('the page has no port')
  return {
    address: `http://127.0.0.1:${bound.port}`,
    close: async () => {
      server.close()
      server.closeAllConnections()
    },
  }
}

const pageOf = ({ host, writeKey }: { host: string; writeKey: string }) => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Larkspoke: what this page decides</title>
<style>
  :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
  body { max-width: 40rem; margin: 2rem auto; padding: 0 1rem }
  #banner { padding: 1.5rem; border: 2px solid; border-radius: .5rem; cursor: pointer }
  button { font: inherit; margin: 0 .5rem .5rem 0; padding: .4rem .8rem }
  code { overflow-wrap: anywhere }
</style>
<h1>Larkspoke</h1>
<div id="banner" role="status"><h2></h2><p></p></div>
<p>
  <button id="electric">Look at an electric bicycle</button>
  <button id="look">Look at a gravel bicycle</button>
  <button id="order">Order it</button>
  <button id="other">Be somebody else</button>
</p>
<p>Decided: <strong id="why"></strong>, after <span id="clicks">0</span> clicks. A click on the banner counts too.</p>
<p>Three electric bicycles, or three of any kind, change the banner at once; a segment a moment later:</p>
<ol id="history"></ol>
<p><a id="console" target="_blank">Why, condition by condition, in the console</a></p>
<p>This visitor at this moment: <code>npx tessera live-profile --data demo-data/data --by anonymous <span id="who"></span></code></p>
<script src="${host}/tessera-decisions.js"></script>
<script>
  const events = tessera.createTessera({ host: ${JSON.stringify(host)}, writeKey: ${JSON.stringify(writeKey)} })
  const show = (id, text) => { document.getElementById(id).textContent = text }
  let decision, clicks = 0, last
  const decide = async () => {
    decision = await events.decide('home_banner')
    const [offer] = decision.offers
    const { headline = 'Larkspoke', text = decision.reason ?? '' } = offer ? offer.payload : decision.fallback ?? {}
    document.querySelector('#banner h2').textContent = headline
    document.querySelector('#banner p').textContent = text
    const given = offer ? offer.key : decision.state
    show('why', given)
    show('who', events.anonymousId())
    document.getElementById('console').href = ${JSON.stringify(host)} + '/decisions/home_banner?tab=try&by=user&who=' + events.anonymousId()
    if (given !== last) {
      const line = document.createElement('li')
      line.textContent = new Date().toLocaleTimeString() + ', after ' + clicks + ' clicks: ' + (last ? last + ' → ' : '') + given
      document.getElementById('history').append(line)
      last = given
    }
    events.shown(decision)
  }
  const on = (id, act) => document.getElementById(id).addEventListener('click', () => {
    act()
    show('clicks', ++clicks)
    decide()
  })
  const look = (kind) => {
    const product_id = 'LK-' + (clicks % 5)
    events.track('Product Viewed', { product_id, category: kind, url: 'https://www.larkspoke.example/' + kind + '/' + product_id })
  }
  on('electric', () => look('electric'))
  on('look', () => look('gravel'))
  on('order', () => events.track('Order Completed', { order_id: crypto.randomUUID(), total: 2490, currency: 'EUR' }))
  on('other', () => { events.reset(); clicks = -1; last = undefined; document.getElementById('history').replaceChildren() })
  on('banner', () => events.clicked(decision))
  events.page()
  decide()
  // What the set lane finds out, such as a segment, changes it without a click.
  setInterval(decide, 5000)
</script>
</html>
`
