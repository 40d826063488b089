import { Fragment, type ReactNode } from 'react'
import styles from './facts.module.css'

/** Names and values, one below the other. Numbers stand at the end of the line. */
export function Facts({
  facts,
  numbers,
}: {
  facts: readonly (readonly [string, ReactNode])[]
  numbers?: 'numbers'
}) {
  return (
    <dl className={styles.facts} data-numbers={numbers !== undefined}>
      {facts.map(([name, value]) => (
        <Fragment key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </Fragment>
      ))}
    </dl>
  )
}
