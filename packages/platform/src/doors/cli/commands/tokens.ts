import type { Command } from '../command.ts'
import { tableOf } from '../table.ts'
import { wordOf } from '../words.ts'

interface Token {
  readonly id: string
  readonly name: string
  readonly rights: readonly string[]
  readonly origins?: readonly string[]
  readonly space?: string
  readonly createdAt: string
  readonly createdBy: string
  readonly revokedAt?: string
}

/** Lists the tokens by which others come in. */
export const tokens: Command = {
  name: 'tokens',
  takes: '',
  about: 'List the tokens by which others come in, without their secrets',
  run: async (_, { client, out }) => {
    // The endpoint answers with this shape; see the access room.
    const all = (await (await client()).call('GET', '/tokens')) as readonly Token[]
    if (out.isJson) return out.print(JSON.stringify(all, null, 2))
    const titles = ['id', 'name', 'may', 'space', 'shown by', 'made', 'by', 'taken back']
    const rows = all.map((of) => [
      of.id,
      of.name,
      of.rights.join(', '),
      of.space,
      of.origins?.join(', '),
      of.createdAt,
      of.createdBy,
      of.revokedAt,
    ])
    out.print(
      tableOf(
        titles.map((title) => ({ title })),
        rows,
      ),
    )
  },
}

/** Makes a token; its secret is printed this once. */
export const tokenCreate: Command = {
  name: 'token-create',
  takes: '<name>',
  about: 'Make a token; with origins, one that shows customers in the pages of another tool',
  options: {
    rights: {
      type: 'string',
      about: 'What it may, with commas between: read, read_customers, write, admin',
    },
    origins: {
      type: 'string',
      about: 'Whose pages may show customers, with commas between: https://desk.example.com',
    },
    space: { type: 'string', about: 'The only data space whose customers it may read' },
  },
  run: async (call, { client, out }) => {
    const { origins, space } = call.options
    const usual = origins === undefined && space === undefined ? 'read' : 'read_customers'
    const body = {
      name: wordOf(tokenCreate, call),
      rights: listed(call.options['rights'] ?? usual),
      ...(origins === undefined ? {} : { origins: listed(origins) }),
      ...(space === undefined ? {} : { space }),
    }
    // The endpoint answers with this shape; see the access room.
    const made = (await (await client()).call('POST', '/tokens', { body })) as {
      token: Token
      secret: string
    }
    if (out.isJson) return out.print(JSON.stringify(made, null, 2))
    out.print(made.secret)
    if (made.token.origins)
      out.print(
        `the page to embed is /embed/${made.token.id}/customers?phone=NUMBER#token=${made.secret}`,
      )
  },
}

/** Takes a token back. */
export const tokenRevoke: Command = {
  name: 'token-revoke',
  takes: '<id>',
  about: 'Take a token back; whoever uses it is refused from now on',
  run: async (call, { client, out }) => {
    const id = wordOf(tokenRevoke, call)
    await (await client()).call('DELETE', `/tokens/${encodeURIComponent(id)}`)
    out.print(`token ${id} opens nothing any more`)
  },
}

const listed = (text: string | boolean): readonly string[] =>
  String(text)
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '')
