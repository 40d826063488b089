import type { Waterfall } from '@tessera/platform/contract'
import { texts } from '../../../lib/texts.ts'
import { bitsIn, probabilityIn } from '../bits.ts'
import { type WaterfallBar, waterfallOf } from '../waterfall.ts'
import shared from './identity.module.css'
import styles from './model.module.css'

const words = texts.identity.waterfall

/** Why two records weigh what they weigh together: from what is known before looking, column by column, to the sum. */
export function WaterfallPart({ of }: { of: Waterfall }) {
  const { bars, zero, needed } = waterfallOf(of, words)
  const [weight, least] = [bitsIn(of.weight), bitsIn(of.weight_at_least)]
  const verdict = of.weight >= of.weight_at_least ? words.links(least) : words.doesNot(least)
  return (
    <section className={shared.decidePart}>
      <h3 className={shared.heading}>{words.title}</h3>
      <p className={shared.small}>
        <span className={shared.strong}>
          {words.verdict(weight, probabilityIn(of.probability))}.
        </span>{' '}
        {verdict} {words.about}
      </p>
      <table className={styles.waterfall} aria-label={words.picture(weight)}>
        <tbody>
          {bars.map((bar) => (
            <tr key={bar.key} data-tone={bar.tone}>
              <th scope="row">
                <span>{bar.title.replaceAll('_', ' ')}</span>
                <Level of={bar} />
              </th>
              <td className={styles.scale}>
                <span className={styles.zero} style={{ left: percent(zero) }} />
                <span
                  className={styles.needed}
                  style={{ left: percent(needed) }}
                  title={words.needed}
                />
                <span
                  className={styles.bar}
                  style={{
                    left: percent(Math.min(bar.from, bar.to)),
                    width: percent(Math.abs(bar.to - bar.from)),
                  }}
                />
              </td>
              <td className={styles.bits}>{signed(bar)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className={shared.small}>
        <span className={styles.neededKey} /> {words.needed}: {least}
      </p>
    </section>
  )
}

const percent = (share: number): string => `${(100 * share).toFixed(2)}%`

const signed = ({ weight, tone }: WaterfallBar): string =>
  weight > 0 && tone !== 'sum' ? `+${bitsIn(weight)}` : bitsIn(weight)

function Level({ of: { level, values, frequency } }: { of: WaterfallBar }) {
  if (level === undefined) return null
  const [left = [], right = []] = values ?? []
  const both = [left, right].map((side) => side.join(', ')).filter((side) => side !== '')
  return (
    <span
      className={shared.small}
      title={frequency === 0 ? undefined : words.rarity(bitsIn(frequency))}
    >
      {level === 'missing' ? words.missing : level.replaceAll('_', ' ')}
      {both.length > 0 && <code className={shared.matched}>{[...new Set(both)].join(' ↔ ')}</code>}
    </span>
  )
}
