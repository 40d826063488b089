import { createHash } from 'node:crypto'
import MailComposer from 'nodemailer/lib/mail-composer'
import type { Problem } from '#kernel/fault.ts'
import {
  type Batch,
  type DeliveryTools,
  defineDestination,
  type Outcome,
  type PayloadRow,
} from '../../destination.ts'
import { activationFaults } from '../../faults.ts'
import { reasons } from '../../reasons.ts'
import { emailDefinition } from './definition.ts'
import { type EmailSettings, hostOf, type MailServer, openServer } from './server.ts'
import {
  brokenPlaceholder,
  filledIn,
  forHtml,
  missingIn,
  onOneLine,
  placeholdersOf,
} from './template.ts'

/** Writes to members one by one, and keeps after each how far it has come: a crash doubles one mail at most. */
export const email = defineDestination({
  ...emailDefinition,
  sends: ['changes'],
  calls: (settings) => [{ at: 'host', ...hostOf(settings) }],
  check: problemsOf,
  needs: ({ to, ...settings }) => [
    ...new Set([to, ...templatesOf(settings).flatMap(([, text]) => placeholdersOf(text))]),
  ],
  reaches: ({ to }) => ({ channel: emailDefinition.key, attribute: to }),
  caps: ({ per_run: run = 10_000, per_day: day = 50_000 }) => ({ run, day }),
  batchSize: ({ batch_size = 100 }) => batch_size,
  async deliver(batch, settings, tools) {
    tools.signal.throwIfAborted()
    const server = lazily(() => openServer(tools, settings))
    try {
      return await writeAll(batch, settings, { tools, server: server.get })
    } finally {
      await server.close()
    }
  },
  async *test(settings, tools) {
    const { at, close } = await openServer(tools, settings)
    close()
    const { user, security = 'tls' } = settings
    const how = security === 'none' ? 'in the open' : 'over a secure connection'
    yield user === undefined ? `${at} answers ${how}` : `signed in to ${at} as ${user} ${how}`
    yield 'no mail was sent'
  },
})

// Nobody to write to is no reason to sign in.
function lazily(open: () => Promise<MailServer>) {
  let opened: Promise<MailServer> | undefined
  return {
    get: () => {
      opened ??= open()
      return opened
    },
    close: async () => (await opened?.catch(() => undefined))?.close(),
  }
}

interface Writing {
  readonly tools: DeliveryTools
  readonly server: () => Promise<MailServer>
}

async function writeAll(batch: Batch, settings: EmailSettings, writing: Writing): Promise<Outcome> {
  let place = 0
  for await (const rows of batch.rows()) {
    for (const row of rows) {
      place += 1
      if (place <= batch.done) continue
      const outcome = await writeOne({ row, place }, { batch, settings }, writing)
      if (outcome !== undefined) return outcome
    }
  }
  return { result: 'sent' }
}

/** Writes to one member; an outcome only where it is that of the whole batch. */
async function writeOne(
  { row, place }: { readonly row: PayloadRow; readonly place: number },
  { batch, settings }: { readonly batch: Batch; readonly settings: EmailSettings },
  { tools, server }: Writing,
): Promise<Outcome | undefined> {
  tools.signal.throwIfAborted()
  const reason = changeAgainst(row, batch, settings) ?? reasonAgainst(row, settings)
  if (reason !== undefined) {
    await tools.dealtWith({ done: place, filtered: { [reason]: 1 } })
    return undefined
  }
  await tools.pace(1)
  const said = await (await server()).send(await mailTo(row, batch, settings))
  // The last one of a batch is the batch.
  if (said.result !== 'sent' && batch.members === 1) return said
  await tools.dealtWith({ done: place, apart: said.result === 'sent' ? [] : [{ row, ...said }] })
  return undefined
}

const templatesOf = ({
  subject,
  text,
  html,
  unsubscribe,
}: Pick<EmailSettings, 'subject' | 'text' | 'html' | 'unsubscribe'>) =>
  Object.entries({ subject, text, html, unsubscribe }).flatMap(([name, template]) =>
    template === undefined ? [] : [[name, template] as const],
  )

function problemsOf(settings: EmailSettings): readonly Problem[] {
  const { user, password, security } = settings
  const broken = templatesOf(settings).flatMap(([at, template]) => {
    const why = brokenPlaceholder(template)
    return why === undefined ? [] : activationFaults.bad_template({ why }, { at }).problems
  })
  const half = (user === undefined) !== (password === undefined)
  const senders = (
    [
      ['from', settings.from],
      ['reply_to', settings.reply_to],
    ] as const
  ).flatMap(([at, address]) =>
    address === undefined || addressIn(address) !== undefined
      ? []
      : activationFaults.bad_address({ address }, { at }).problems,
  )
  return [
    ...broken,
    ...senders,
    ...(half ? activationFaults.half_login({}, { at: 'password' }).problems : []),
    ...(security === 'none' && password !== undefined
      ? activationFaults.open_password({}, { at: 'security' }).problems
      : []),
  ]
}

const addressPattern = /^[^\s<>,;:"()[\]\\]+@[^\s<>,;:"()[\]\\@]+$/

/** The address in `Shop <shop@example.com>`, or the address itself; nothing when it is none. */
function addressIn(text: string): string | undefined {
  const inside = /^[^<>\r\n]*<([^<>]*)>$/.exec(text.trim())?.[1] ?? text.trim()
  return addressPattern.test(inside) ? inside : undefined
}

// An action says itself of whom it tells.
function changeAgainst(
  row: PayloadRow,
  { holds }: Batch,
  { when = ['entered'] }: EmailSettings,
): string | undefined {
  const change = String(row['change'] ?? 'entered')
  const isMeant = holds === 'a firing' || when.some((one) => one === change)
  return isMeant ? undefined : `no mail to who ${change}`
}

function reasonAgainst(row: PayloadRow, settings: EmailSettings): string | undefined {
  const address = row[settings.to]
  if (address === null || address === undefined || address === '') return reasons.noContactPoint
  if (!addressPattern.test(String(address))) return 'no e-mail address'
  for (const [, template] of templatesOf(settings)) {
    const missing = missingIn(template, row)
    if (missing !== undefined) return `no ${missing}`
  }
  return undefined
}

async function mailTo(row: PayloadRow, batch: Batch, settings: EmailSettings) {
  const { from, reply_to, subject, text, html, unsubscribe } = settings
  const to = String(row[settings.to])
  const sender = addressIn(from) ?? from
  // The same for the same cause: receivers that look at it count a repeated mail once.
  const key = createHash('sha256')
    .update(`${batch.id}:${String(row['profile_id'])}`)
    .digest('hex')
  const messageId = `<${key.slice(0, 40)}@${sender.split('@').at(-1)}>`
  const out = unsubscribe && filledIn(unsubscribe, row, encodeURIComponent)
  const oneClick = out?.startsWith('https://')
    ? { 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' }
    : {}
  const composer = new MailComposer({
    from,
    to: { name: '', address: to },
    ...(reply_to === undefined ? {} : { replyTo: reply_to }),
    subject: filledIn(subject, row, onOneLine),
    text: filledIn(text, row, (value) => value),
    ...(html === undefined ? {} : { html: filledIn(html, row, forHtml) }),
    messageId,
    headers: out ? { 'List-Unsubscribe': `<${out}>`, ...oneClick } : {},
    // Nothing is read from a file or from an address, whatever a template says.
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  return { from: sender, to, content: await composer.compile().build() }
}
