import { secretRef } from '#definitions/definition'
import { list, object, oneOf, optional, type Read, text } from '#kernel/read.ts'
import type { ConnectorDefinition } from '../../connector.ts'

const settings = object({
  brokers: list(
    text({
      pattern: '^(\\[[0-9a-fA-F:]+\\]|[^:\\s/]+):\\d{1,5}$',
      expected: 'a host and a port such as kafka.example.com:9092',
    }),
    {
      minItems: 1,
      description: 'Some of the brokers, as host:port; the others are found out from them.',
    },
  ),
  tls: optional(
    oneOf(['require', 'off'], {
      description: 'Whether to speak TLS; required unless all brokers are on this very machine.',
    }),
  ),
  ca: optional(
    text({
      description:
        'The certificate (PEM) of who signed those of the brokers, if nobody well known.',
    }),
  ),
  sasl: optional(
    object({
      mechanism: oneOf(['plain', 'scram-sha-256', 'scram-sha-512']),
      user: text({ minLength: 1 }),
      password: secretRef,
    }),
  ),
  client_id: optional(text({ minLength: 1, description: 'What brokers see; tessera unless set.' })),
})

const source = object({
  topic: text({ minLength: 1, maxLength: 249 }),
  format: optional(
    oneOf(['json', 'text'], {
      description:
        'What values are: JSON objects, whose members become fields, or text, in the field `value`; json unless set.',
    }),
  ),
  from: optional(
    oneOf(['earliest', 'latest'], {
      description: 'Where the first reading begins; earliest unless set.',
    }),
  ),
  on_loss: optional(
    oneOf(['stop', 'go_on'], {
      description:
        'What to do when records were removed before they were read, or the topic was made anew: stop with a fault, or go on with what is there, which is said in the name of the batch. Stop unless set.',
    }),
  ),
})

/** What the connector for Kafka says of itself. */
export const kafkaDefinition = {
  key: 'kafka',
  label: 'Kafka',
  about: 'Records of a topic, each one once, from any cluster that speaks the protocol of Kafka.',
  settings,
  source,
} as const satisfies ConnectorDefinition

export type KafkaSettings = Read<typeof settings>
export type KafkaSource = Read<typeof source>
