import { type Body, isBody } from './body.ts'
import { membersAt } from './schema.ts'

/** The schema of a destination with the settings of its type in the place of settings of any kind. */
export function schemaWith(schema: Body | undefined, settings: Body | undefined): Body | undefined {
  const properties = schema?.['properties']
  if (schema === undefined || settings === undefined || !isBody(properties)) return schema
  return { ...schema, properties: { ...properties, settings } }
}

/** Settings by how they are asked for: by the name of a secret, as a text of several lines, or as usual. */
export function settingsOf(settings: Body | undefined): {
  readonly secrets: readonly string[]
  readonly long: readonly string[]
} {
  const members = [...membersAt(settings, [])]
  return {
    secrets: members.filter(([, member]) => member['x-secret'] === true).map(([name]) => name),
    long: members.filter(([name]) => longNames.includes(name)).map(([name]) => name),
  }
}

// Templates of mails and certificates.
const longNames: readonly string[] = ['text', 'html', 'ca']
