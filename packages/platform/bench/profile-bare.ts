import fastify from 'fastify'

// A server that does nothing but answer a text of so many bytes as JSON: what is left is HTTP and Fastify.
const bytes = Number(process.argv[2])
const body = JSON.stringify({ filler: 'x'.repeat(Math.max(0, bytes - 13)) })
const app = fastify()
app.get('/', async (_, reply) => reply.type('application/json; charset=utf-8').send(body))
const address = await app.listen({ host: '127.0.0.1', port: 0 })
process.send?.({ port: Number(new URL(address).port) })
