/** JSON as we send it: integers beyond 2^53 as text of digits, so that no reader rounds them. */
export const toJson = (value: unknown): string =>
  JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'bigint' ? inner.toString() : inner,
  ) ?? 'null'
