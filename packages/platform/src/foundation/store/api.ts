import { list, object, text } from '#kernel/read.ts'

/** The name of a secret in a path. */
export const secretParams = object({
  name: text({
    pattern: '^[a-z][a-z0-9_.-]{0,62}$',
    expected: 'a name such as shop_key: small letters, digits, _, . and -, a letter first',
    description: 'What definitions call it.',
  }),
})

/** A secret on its way in. It never comes out again. */
export const secretBody = object({ value: text({ minLength: 1, maxLength: 65_536 }) })

/** Which secrets there are. */
export const secretNames = list(object({ name: text(), updatedAt: text() }))
