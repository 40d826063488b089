import { secretRef } from '#definitions/definition'
import { list, object, oneOf, optional, text, whole } from '#kernel/read.ts'

/** What the e-mail destination says of itself. */
export const emailDefinition = {
  key: 'email',
  label: 'E-mail',
  about: 'Writes one mail to each member through a mail server, made from templates.',
  guarantee: 'at least once',
  settings: object({
    host: text({ minLength: 1, description: 'The mail server that takes the mails.' }),
    port: optional(
      whole({
        minimum: 1,
        maximum: 65_535,
        description: '465 with tls, 587 with starttls, 25 without, unless set.',
      }),
    ),
    security: optional(
      oneOf(['tls', 'starttls', 'none'], {
        description: 'tls from the first byte unless set; starttls is asked for and insisted on.',
      }),
    ),
    ca: optional(text({ description: 'The certificate that signed that of the server, as PEM.' })),
    user: optional(text({ minLength: 1 })),
    password: optional(secretRef),
    from: text({ minLength: 3, description: 'Such as "Shop <shop@example.com>".' }),
    reply_to: optional(text({ minLength: 3 })),
    to: text({ minLength: 1, description: 'The attribute that holds the address.' }),
    subject: text({
      minLength: 1,
      description:
        '{{First name}} stands for an attribute, {{First name|you}} for one that may be missing.',
    }),
    text: text({ minLength: 1, description: 'The mail as text, with placeholders.' }),
    html: optional(
      text({ minLength: 1, description: 'The mail as HTML; what is filled in is escaped.' }),
    ),
    unsubscribe: optional(
      text({
        pattern: '^(https://|mailto:)',
        expected: 'an address such as https://example.com/out or mailto:out@example.com',
        description: 'Where one unsubscribes, such as https://example.com/out?id={{profile_id}}.',
      }),
    ),
    when: optional(
      list(oneOf(['entered', 'updated', 'left']), {
        minItems: 1,
        description:
          'Which members of an activation are written to; those who entered unless set. An action says itself whom.',
      }),
    ),
    per_run: optional(
      whole({
        minimum: 1,
        description: 'More mails than this are never sent at once; 10000 unless set.',
      }),
    ),
    per_day: optional(
      whole({ minimum: 1, description: 'What is more waits for the next day; 50000 unless set.' }),
    ),
    batch_size: optional(whole({ minimum: 1, maximum: 1000, description: '100 unless set.' })),
  }),
} as const
