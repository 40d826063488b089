import { Tabs } from '@mantine/core'
import type { ReactNode } from 'react'
import styles from './page-tabs.module.css'

/** The parts of a page, one shown at a time; the first, where the address speaks of one that is not there. */
export function PageTabs<Name extends string>(props: {
  readonly names: readonly Name[]
  readonly labels: Readonly<Record<Name, string>>
  readonly tab: Name
  readonly onOpen: (name: Name) => void
  /** What stands beside the name of a part, such as how much waits there. */
  readonly badge?: (name: Name) => ReactNode
  readonly children: (name: Name) => ReactNode
}): ReactNode {
  const { names, labels, tab, onOpen, badge, children } = props
  return (
    <Tabs
      value={names.includes(tab) ? tab : (names[0] ?? null)}
      onChange={(value) => {
        const name = names.find((known) => known === value)
        if (name !== undefined) onOpen(name)
      }}
      keepMounted={false}
    >
      <Tabs.List className={styles.tabs}>
        {names.map((name) => (
          <Tabs.Tab key={name} value={name} rightSection={badge?.(name)}>
            {labels[name]}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {names.map((name) => (
        <Tabs.Panel key={name} value={name}>
          {children(name)}
        </Tabs.Panel>
      ))}
    </Tabs>
  )
}
