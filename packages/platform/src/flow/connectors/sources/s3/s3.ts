import { type Connector, defineConnector, type ReachingTools } from '../../connector.ts'
import { offersOf, takeFiles } from '../../file-place.ts'
import { filesOfBucket } from './bucket.ts'
import { type S3Settings, s3Definition } from './definition.ts'
import { openStore } from './store.ts'

/** Reads files from a bucket. */
export function makeS3(tools: ReachingTools): Connector {
  const open = async (settings: S3Settings, signal: AbortSignal) =>
    filesOfBucket(await openStore(tools, settings, signal), settings.prefix ?? '', signal)
  return defineConnector({
    ...s3Definition,
    list: async ({ settings, signal }) => offersOf(await open(settings, signal), signal),
    async *read({ settings, ...of }) {
      yield* takeFiles(await open(settings, of.signal), of)
    },
  })
}
