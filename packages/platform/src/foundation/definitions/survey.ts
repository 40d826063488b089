import { isAlias, isMap, isScalar, isSeq, type Document as Yaml } from 'yaml'
import { joinPlace, type Problem } from '#kernel/fault.ts'
import { definitionFaults } from './faults.ts'
import type { Places, Spot } from './place.ts'

/** Where every part of a document stands, and values that would not survive being read. */
export function survey(
  yaml: Yaml,
  spotAt: (offset: number) => Spot,
): { readonly places: Places; readonly problems: readonly Problem[] } {
  const places = new Map<string, Spot>()
  const problems: Problem[] = []
  const stand = (node: unknown, at: string) => {
    const offset = offsetOf(node)
    if (offset !== undefined && !places.has(at)) places.set(at, spotAt(offset))
  }
  const walk = (node: unknown, at: string): void => {
    stand(node, at)
    const say = troubleWith(node, yaml)
    if (say !== undefined) problems.push({ ...badYaml(say), at })
    if (isSeq(node)) for (const [i, item] of node.items.entries()) walk(item, `${at}[${i}]`)
    if (!isMap(node)) return
    for (const { key, value } of node.items) {
      const place = joinPlace(at, String(isScalar(key) ? key.value : key))
      stand(key, place)
      walk(value, place)
    }
  }
  walk(yaml.contents, '')
  return { places, problems }
}

/** A document without anything in it, such as a comment at the head of a file. */
export const isEmpty = ({ contents }: Yaml): boolean =>
  contents === null || (isScalar(contents) && contents.value === null)

/** A problem with the text itself. */
export function badYaml(what: string): Problem {
  const { code, message } = definitionFaults.bad_yaml({ what })
  return { code, at: '', say: message }
}

function offsetOf(node: unknown): number | undefined {
  if (typeof node !== 'object' || node === null || !('range' in node)) return undefined
  return Array.isArray(node.range) ? Number(node.range[0]) : undefined
}

function troubleWith(node: unknown, yaml: Yaml): string | undefined {
  if (isAlias(node) && node.resolve(yaml) === undefined)
    return `there is no "&${node.source}" above that "*${node.source}" could repeat`
  if (isScalar(node) && isInexact(node.value))
    return `${node.source} cannot be kept exactly as a number; put it in quotes`
  return undefined
}

const isInexact = (value: unknown) =>
  typeof value === 'number' &&
  (!Number.isFinite(value) || (Number.isInteger(value) && !Number.isSafeInteger(value)))
