import type { Body } from '../../../lib/body.ts'
import { texts } from '../../../lib/texts.ts'
import { ValueBox, ValuesBox } from '../../../ui/comparison.tsx'
import { knownOf, type Parameter } from '../given.ts'
import styles from './builder.module.css'

const words = texts.segments.builder

/** A box for each parameter of a segment; what stands for it otherwise is shown where nothing is given. */
export function GivenFields({
  parameters,
  given,
  onGive,
}: {
  parameters: readonly Parameter[]
  given: Body
  onGive: (given: Body) => void
}) {
  return (
    <fieldset className={styles.given} aria-label={words.given}>
      {parameters.map((one) => {
        const { name, label, type, isList, otherwise } = one
        const box = {
          value: given[name],
          type,
          label: otherwise === undefined ? label : `${label}: ${String(otherwise)}`,
          error: undefined,
          write: (value: unknown) => onGive(knownOf({ ...given, [name]: value }, parameters)),
        }
        return (
          <div key={name} className={styles.givenField}>
            <span>{label}</span>
            {isList ? <ValuesBox {...box} /> : <ValueBox {...box} />}
          </div>
        )
      })}
    </fieldset>
  )
}
