import { createTessera } from '../index.ts'
import { fileStorage } from '../node.ts'

// A program that tracks three events, says so, and does not end by itself.
const [host = '', path = ''] = process.argv.slice(2)
const sender = createTessera({ host, writeKey: 'key', storage: fileStorage(path) })
for (const event of ['One', 'Two', 'Three']) sender.track(event, {}, { userId: 'ada' })
process.stdout.write('tracked\n')
setInterval(() => undefined, 1000)
