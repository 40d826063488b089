import { stringify } from 'yaml'
import type { Definition } from './definition.ts'

/** A definition as a YAML document, as it would stand in a file. */
export const printDefinition = ({ kind, key, body }: Definition): string =>
  stringify({ kind, key, ...Object(body) }, { lineWidth: 100 })
