import { createWriteStream } from 'node:fs'
import { createServer } from 'node:http'

// What a server costs that does nothing but what must be done: it reads JSON and puts it at the end of a file.

const [file = ''] = process.argv.slice(2)
const out = createWriteStream(file, { flags: 'a' })
const answer = '{"success":true}'
const headers = ['Content-Type', 'application/json', 'Content-Length', String(answer.length)]

const server = createServer({ noDelay: true }, (request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    const text = Buffer.concat(chunks).toString('utf8')
    JSON.parse(text)
    out.write(`${text}\n`)
    response.writeHead(200, headers)
    response.end(answer)
  })
})
server.listen(0, '127.0.0.1', () => {
  const bound = server.address()
  process.send?.({ port: typeof bound === 'object' ? bound?.port : 0 })
})
