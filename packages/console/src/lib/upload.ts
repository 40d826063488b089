import { type Ask, addressOf } from './client.ts'
import { Refusal, readRefusal } from './refusal.ts'
import { signOut, token } from './session.ts'
import { texts } from './texts.ts'

/** A file that is sent, and who hears how far it is. */
export interface Sending extends Pick<Ask, 'query'> {
  readonly file: File
  readonly signal: AbortSignal
  readonly onProgress: (sentBytes: number) => void
}

/** Sends a file as it is. `fetch` cannot tell how much has left, so the older way is taken; refusals are the same. */
export function sendFile<Answer>(path: string, sending: Sending): Promise<Answer> {
  const { file, query, signal, onProgress } = sending
  const request = new XMLHttpRequest()
  return new Promise<Answer>((resolve, reject) => {
    request.open('POST', addressOf(path, query))
    request.setRequestHeader('authorization', `Bearer ${token.get()}`)
    request.setRequestHeader('content-type', 'application/octet-stream')
    request.upload.onprogress = ({ loaded }) => onProgress(loaded)
    request.onload = () => {
      const body = jsonOf(request.responseText)
      // The server validates its answers with the schema that this type was taken from.
      if (request.status < 300) return resolve(body as Answer)
      const refusal = readRefusal(request.status, body)
      if (request.status === 401) signOut(refusal.message)
      reject(refusal)
    }
    request.onerror = () =>
      reject(new Refusal({ status: 0, code: 'unreachable', message: texts.trouble.unreachable }))
    request.onabort = () => reject(new DOMException(texts.upload.cancelled, 'AbortError'))
    signal.addEventListener('abort', () => request.abort(), { once: true })
    request.send(file)
  })
}

function jsonOf(text: string): unknown {
  try {
    return text === '' ? undefined : JSON.parse(text)
  } catch {
    return undefined
  }
}
