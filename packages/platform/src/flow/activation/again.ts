import { askConsent, type ConsentAsked, whyNotReached } from '#consent'
import type { Catalogue } from '#definitions'
import type { Engine } from '#engine'
import type { Clock } from '#kernel/clock.ts'
import { type Asking, consentFor, consentOfPeople, pointOfValue } from './asked-consent.ts'
import type { PayloadRow } from './destination.ts'
import { reasons } from './reasons.ts'
import type { BatchRecord, Records } from './records.ts'
import { sift } from './sift.ts'
import { holdBack } from './tables.ts'

/** What asking again needs. */
export interface AgainTools {
  readonly engine: Engine
  readonly records: Records
  readonly clock: Clock
  /** An activation with what it, or where it sends to, asks of its members; nothing when it is not defined any more. */
  readonly asking: (all: Catalogue, activation: string) => Asking | undefined
}

/** One consent that members are asked for. */
interface Question {
  readonly consent: ConsentAsked
  /** The attribute with the contact point that it is about; nothing where it is about the person. */
  readonly as?: string
  /** Without it the member is not sent; otherwise only the contact point is not. */
  readonly isNeeded: boolean
  /** Members are no people: whoever has the contact point is asked. */
  readonly isOfAnybody?: boolean
}

function questionsOf(body: Asking): readonly Question[] {
  const whole = consentOfPeople(body)
  const point = pointOfValue(body)
  const ofAnybody = body.isOfOthers ? { isOfAnybody: true } : {}
  return [
    ...(whole ? [{ consent: whole, isNeeded: true }] : []),
    ...(point
      ? [{ consent: point.consent, as: point.attribute, isNeeded: true, ...ofAnybody }]
      : []),
    ...body.attributes.flatMap((one): Question[] => {
      const consent = consentFor(one, body)
      return consent ? [{ consent, as: one.as, isNeeded: one.required === true, ...ofAnybody }] : []
    }),
  ]
}

/**
 * Asks for consent as a batch goes out: whoever withdrew since it was queued is left out and counted. The batch as it is now. Who left is
 * sent whatever they agree to, and who was dealt with at an earlier attempt stands where they were.
 */
export async function askAgain(
  tools: AgainTools,
  batch: BatchRecord,
  all: Catalogue,
): Promise<BatchRecord> {
  const body = tools.asking(all, batch.activation)
  const questions = body ? questionsOf(body) : []
  if (questions.length === 0) return batch
  return sift(tools.records, batch, {
    asks: (row) => row['change'] !== 'left',
    keep: (rows) => stillAllowed(tools, questions, rows),
    // What the engine remembers first: done twice it is the same.
    onGone: (rows) =>
      tools.engine.change(`activation.${batch.activation}`, (writer) =>
        holdBack(
          writer,
          { ...batch, position: batch.to_position },
          rows.map((row) => BigInt(String(row['profile_id']))),
        ),
      ),
    reason: reasons.withdrawn,
  })
}

/** Who may still be sent, each with the row as it may be sent. */
async function stillAllowed(
  { engine, clock }: AgainTools,
  questions: readonly Question[],
  rows: readonly PayloadRow[],
): Promise<ReadonlyMap<PayloadRow, PayloadRow>> {
  const now = new Map(rows.map((row) => [row, row]))
  for (const { consent, as, isNeeded, isOfAnybody } of questions) {
    const asked = [...now].filter(([, row]) => as === undefined || typeof row[as] === 'string')
    const people = asked.map(([, row]) => ({
      profile: isOfAnybody ? undefined : String(row['profile_id']),
      contactPoint: as === undefined ? undefined : String(row[as]),
    }))
    const known = await askConsent(engine, consent, { people, now: clock.now() })
    asked.forEach(([before, row], i) => {
      const one = known[i]
      if (!one || whyNotReached(consent, one) === undefined) return
      if (as === undefined || isNeeded) now.delete(before)
      else now.set(before, { ...row, [as]: null })
    })
  }
  return now
}
