/** What a request asks for. */
export interface Target {
  readonly path: string
  readonly query: URLSearchParams | undefined
}

/** Reads the target of a request by hand: most have no query, and none needs a whole URL. */
export function targetOf(url: string): Target {
  const mark = url.indexOf('?')
  if (mark < 0) return { path: url, query: undefined }
  return { path: url.slice(0, mark), query: new URLSearchParams(url.slice(mark + 1)) }
}
