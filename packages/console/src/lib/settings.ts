import { type Body, isBody } from './body.ts'

/** The schema of a destination with the settings of its type in the place of settings of any kind. */
export function schemaWith(schema: Body | undefined, settings: Body | undefined): Body | undefined {
  const properties = schema?.['properties']
  if (schema === undefined || settings === undefined || !isBody(properties)) return schema
  return { ...schema, properties: { ...properties, settings } }
}

/** Whether a setting of this name is a text of several lines: a template of a mail, a certificate. */
export const isLongText = (name: string): boolean => longNames.includes(name)

const longNames: readonly string[] = ['text', 'html', 'ca']
