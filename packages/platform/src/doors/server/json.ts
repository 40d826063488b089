/** JSON as we send it: integers beyond 2^53 as text of digits, so that no reader rounds them. */
export function toJson(value: unknown): string {
  try {
    return JSON.stringify(value) ?? 'null'
  } catch (thrown) {
    // Looking at each value costs several times the writing, so it is done only where one of them needs it.
    if (!(thrown instanceof TypeError)) throw thrown
    return JSON.stringify(value, digits) ?? 'null'
  }
}

const digits = (_: string, inner: unknown): unknown =>
  typeof inner === 'bigint' ? inner.toString() : inner
