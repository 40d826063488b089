import type { GraphNode } from '@tessera/platform/contract'
import { texts } from '../lib/texts.ts'
import { LinkText } from './link-text.tsx'
import styles from './node-list.module.css'
import { Tag } from './tag.tsx'

/** Where things of these kinds have a page of their own. */
const pages: readonly (readonly [string, string])[] = [
  ['segment:', '/segments/'],
  ['insight:', '/insights/'],
  ['activation:', '/activations/'],
]

/** Derived things by name, each with its kind; those that have a page of their own lead to it. */
export function NodeList({ nodes }: { nodes: readonly GraphNode[] }) {
  return (
    <ul className={styles.list}>
      {nodes.map((node) => (
        <li key={node.key} className={styles.entry}>
          <Name node={node} />
          <Tag>{wordFor(node)}</Tag>
        </li>
      ))}
    </ul>
  )
}

const wordFor = ({ kind }: GraphNode): string =>
  Object.entries(texts.nodeKinds).find(([name]) => name === kind)?.[1] ?? kind.replaceAll('_', ' ')

function Name({ node: { key, label } }: { node: GraphNode }) {
  const page = pages.find(([begin]) => key.startsWith(begin))
  if (!page) return label
  const [begin, path] = page
  return (
    <LinkText to={`${path}${encodeURIComponent(key.slice(begin.length))}`} className={styles.link}>
      {label}
    </LinkText>
  )
}
