import { isMap, LineCounter, parseAllDocuments, type YAMLError, type Document as Yaml } from 'yaml'
import { asProblems, Fault, type Problem, sentenceOf } from '#kernel/fault.ts'
import { read } from '#kernel/read.ts'
import { type Definition, type Reference, readReference, type SourceFile } from './definition.ts'
import { definitionFaults } from './faults.ts'
import { type PlacedProblem, type Places, placed, type Spot } from './place.ts'
import { badYaml, isEmpty, survey } from './survey.ts'

/** One document of a definition file: a definition that nobody has looked at yet, and where its parts stand. */
export interface Document extends Definition {
  readonly file: string
  readonly places: Places
  /** Sound YAML; what is not has its problems already, and its body is not looked at. */
  readonly isSound: boolean
}

/** What was read from files: documents, and everything that is wrong with the text itself. */
export interface Reading {
  readonly documents: readonly Document[]
  readonly problems: readonly PlacedProblem[]
}

/** Reads definition files, several documents in each; goes on after a problem, so that all are told at once. */
export function readFiles(files: readonly SourceFile[]): Reading {
  const readings = files.map(readFile)
  return {
    documents: readings.flatMap(({ documents }) => documents),
    problems: readings.flatMap(({ problems }) => problems),
  }
}

function readFile({ file, text }: SourceFile): Reading {
  const lineCounter = new LineCounter()
  const parsed = parseAllDocuments(text, { lineCounter, prettyErrors: false, stringKeys: true })
  const yamls: readonly Yaml[] = 'empty' in parsed ? [] : parsed
  const spotAt = (offset: number): Spot => {
    const { line, col } = lineCounter.linePos(offset)
    return { line, column: col }
  }
  const readings = yamls
    .filter((yaml) => yaml.errors.length > 0 || !isEmpty(yaml))
    .map((yaml) => readDocument({ yaml, file, text, spotAt }))
  return {
    documents: readings.flatMap(({ documents }) => documents),
    problems: readings.flatMap(({ problems }) => problems),
  }
}

interface Source {
  readonly yaml: Yaml
  readonly file: string
  readonly text: string
  readonly spotAt: (offset: number) => Spot
}

function readDocument({ yaml, file, text, spotAt }: Source): Reading {
  const { places, problems: found } = survey(yaml, spotAt)
  const origin = { file, places }
  const broken = [
    ...[...yaml.errors, ...yaml.warnings].map((error) => {
      const spot = spotAt(error.pos[0])
      return placed(badYaml(sayOf(error, text)), { file, places: new Map([['', spot]]) })
    }),
    ...found.map((problem) => placed(problem, origin)),
  ]
  const document = nameAndBody(yaml)
  if (!('problems' in document))
    return {
      documents: [{ ...document, ...origin, isSound: broken.length === 0 }],
      problems: broken,
    }
  // Broken text often has no name because of the break; saying so as well would only distract.
  const unnamed = document.problems.map((problem) => placed(problem, origin))
  return { documents: [], problems: broken.length > 0 ? broken : unnamed }
}

function nameAndBody(yaml: Yaml): Definition | { readonly problems: readonly Problem[] } {
  if (!isMap(yaml.contents)) return { problems: definitionFaults.no_name({}).problems }
  try {
    const { kind, key, ...body } = yaml.toJS()
    const name: Reference = read(readReference, { kind, key })
    return { ...name, body }
  } catch (thrown) {
    if (thrown instanceof Fault) return { problems: asProblems(thrown) }
    // Aliases that are followed so often that the text was made to do harm.
    return { problems: [badYaml(sentenceOf(thrown))] }
  }
}

function sayOf({ code, message, pos }: YAMLError, text: string): string {
  if (code === 'TAB_AS_INDENT') return 'a tab is used for indentation; use spaces'
  if (code === 'DUPLICATE_KEY') {
    const [word] = /^[^\s:]*/.exec(text.slice(pos[0])) ?? ['']
    return `"${word}" is given twice in the same place; keep one`
  }
  return message
}
