import { settings } from '#kernel/config.ts'
import type { Command } from '../command.ts'
import { tableOf } from '../table.ts'

/** Lists all settings. */
export const config: Command = {
  name: 'config',
  takes: '',
  about: 'List all settings with what they are unless set',
  run: async (_, { out }) => {
    const rows = Object.values(settings).map(({ name, unlessSet, about }) => [
      name,
      String(unlessSet),
      about,
    ])
    out.print(
      tableOf([{ title: 'setting' }, { title: 'unless set' }, { title: 'what it does' }], rows),
    )
  },
}
