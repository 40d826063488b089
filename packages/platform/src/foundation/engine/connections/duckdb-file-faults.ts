import { sentenceOf } from '#kernel/fault.ts'
import { engineFaults } from '../faults.ts'
import type { ArrivingFile } from '../files.ts'

/** Does what reads a file; what the engine says of the file itself is said in words, with the name that people know. */
export async function readingOf<T>(file: ArrivingFile, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (thrown) {
    const why = whyUnreadable(file, sentenceOf(thrown))
    if (why === undefined) throw thrown
    throw engineFaults.unreadable_file({ name: file.name ?? 'the file', why }, { cause: thrown })
  }
}

/** What is wrong with a file; nothing where what went wrong is not about it. */
function whyUnreadable({ format }: ArrivingFile, said: string): string | undefined {
  if (format === 'parquet') return whyNoParquet(said)
  if (/maximum_object_size/.test(said)) return 'a record of it is longer than 16 MiB'
  const [, counted, why = ''] =
    /Malformed JSON.* in record\/value (\d+): ([^.\n]*)/.exec(said) ?? []
  if (counted === undefined) return undefined
  // The engine counts the beginning of a list as well.
  const record = `record ${Math.max(1, Number(counted) - (format === 'json' ? 1 : 0))}`
  return ends.test(why)
    ? `it ends within ${record}, so it may have been cut off; fetch it anew`
    : `it is no sound JSON at ${record} (${why}); have it written anew`
}

const ends = /unexpected end of data|input length is 0/

function whyNoParquet(said: string): string | undefined {
  if (/magic bytes|too small to be a Parquet/i.test(said))
    return 'the end that every Parquet file has is missing, so it may have been cut off; fetch it anew'
  if (/encrypt/i.test(said)) return 'it is encrypted'
  const isOfFile = /^(Invalid Input|Invalid|IO|Serialization|TProtocolException)\b/.test(said)
  const isOfMachine = /no space left|disk|memory/i.test(said)
  return isOfFile && !isOfMachine
    ? 'it is no sound Parquet, so it may have been damaged; fetch it anew'
    : undefined
}
