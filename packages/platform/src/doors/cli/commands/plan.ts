import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { type Problem, refuseIfAny } from '#kernel/fault.ts'
import type { Client, Command, CommandTools } from '../command.ts'
import { cliFaults } from '../faults.ts'

const options = {
  prune: { type: 'boolean', about: 'Also remove definitions that the folder does not have' },
} as const

/** Shows what the definition files would change. */
export const plan: Command = {
  name: 'plan',
  takes: '[<folder>]',
  about: 'Show what the definition files would change',
  options,
  run: async ({ words: [folder], options: { prune } }, tools) => {
    const client = await tools.client()
    const answer = await send(client, 'plan', {
      folder: folder ?? tools.definitionsFolder,
      prune: prune === true,
    })
    print(tools, answer)
  },
}

/** Makes the definitions be as the files say: all of it or nothing. */
export const apply: Command = {
  name: 'apply',
  takes: '[<folder>]',
  about: 'Make the definitions be as the files say, all of it or nothing',
  options,
  run: async ({ words: [folder], options: { prune } }, tools) => {
    const client = await tools.client()
    const answer: ApplyAnswer = await send(client, 'apply', {
      folder: folder ?? tools.definitionsFolder,
      prune: prune === true,
    })
    print(tools, answer)
    if (answer.change && !tools.out.isJson)
      tools.out.print(
        `applied as change ${answer.change.number}; tessera undo ${answer.change.number} takes it back`,
      )
  },
}

interface PlanAnswer {
  readonly text?: string
  readonly problems?: readonly Problem[]
}

interface ApplyAnswer extends PlanAnswer {
  readonly change?: { readonly number: number }
}

function print({ out }: CommandTools, answer: PlanAnswer) {
  refuseIfAny(answer.problems ?? [])
  if (out.isJson) return out.print(JSON.stringify(answer, null, 2))
  out.print(answer.text ?? '')
}

async function send(
  client: Client,
  verb: 'plan' | 'apply',
  of: { folder: string; prune: boolean },
): Promise<PlanAnswer> {
  const files = await filesIn(of.folder)
  // The endpoint answers with this shape; see the definitions room.
  return (await client.call('POST', `/definitions/${verb}`, {
    body: { files, prune: of.prune },
  })) as PlanAnswer
}

/** The definition files of a folder, with their text. Tests of the definitions are no definitions. */
export const filesIn = async (folder: string): Promise<readonly FileText[]> =>
  (await textsIn(folder)).filter(({ file }) => !/^tests[/\\]/.test(file))

/** A file with its text. */
export interface FileText {
  readonly file: string
  readonly text: string
}

/** The YAML files of a folder, with their text. */
export async function textsIn(folder: string): Promise<readonly FileText[]> {
  const found = await stat(folder).catch(() => undefined)
  if (!found?.isDirectory()) throw cliFaults.no_such_file({ file: folder })
  const names = await readdir(folder, { recursive: true })
  const yaml = names.filter((name) => /\.ya?ml$/.test(name)).sort()
  return Promise.all(
    yaml.map(async (file) => ({ file, text: await readFile(join(folder, file), 'utf8') })),
  )
}
