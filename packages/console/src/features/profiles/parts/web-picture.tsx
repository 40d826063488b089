import type { CustomerRelations, Related } from '@tessera/platform/contract'
import { type Edge, Handle, type Node, type NodeProps, Position } from '@xyflow/react'
import { useMemo } from 'react'
import { embedded } from '../../../lib/embedded.ts'
import { texts } from '../../../lib/texts.ts'
import { stoneColour } from '../../../ui/colour.ts'
import { Icon, type IconName } from '../../../ui/icons.tsx'
import { LinkText } from '../../../ui/link-text.tsx'
import { StillFlow } from '../../../ui/still-flow.tsx'
import { placesOf, tile } from '../web.ts'
import styles from './web.module.css'

const words = texts.customers.relations

type RelatedNode = Node<{ readonly related: Related; readonly say: string | undefined }, 'related'>

const nodeTypes = { related: Tile }

/** Whom somebody has to do with, drawn: the one asked about at the left, and what leads to whom. */
export function WebPicture({ relations }: { relations: CustomerRelations }) {
  const places = useMemo(() => placesOf(relations), [relations])
  const nodes = relations.nodes.flatMap((related): RelatedNode[] => {
    const at = places.get(related.key)
    if (at === undefined) return []
    return [
      {
        id: related.key,
        type: 'related',
        position: { x: at.x, y: at.y },
        width: tile.width,
        height: tile.height,
        data: { related, say: at.say },
      },
    ]
  })
  const bottom = Math.max(...nodes.map(({ position }) => position.y)) + tile.height
  return (
    <section
      className={styles.picture}
      style={{ height: Math.min(720, Math.max(220, bottom + 60)) }}
      aria-label={words.picture}
    >
      <StillFlow
        nodes={nodes}
        edges={edgesOf(relations, places)}
        nodeTypes={nodeTypes}
        fitView
        fitViewOptions={{ padding: 0.06, maxZoom: 1 }}
        minZoom={0.2}
      />
    </section>
  )
}

/** Lines from left to right, whichever way a tie was told. */
function edgesOf(
  { ties }: CustomerRelations,
  places: ReadonlyMap<string, { readonly x: number }>,
): Edge[] {
  return ties.map(({ from, to, say }) => {
    const isTold = (places.get(from)?.x ?? 0) <= (places.get(to)?.x ?? 0)
    const [source, target] = isTold ? [from, to] : [to, from]
    return { id: `${from} ${to} ${say}`, source, target, focusable: false }
  })
}

const looks: Readonly<Record<Related['kind'], { icon: IconName; colour: string }>> = {
  person: { icon: 'people', colour: '--t-stone-profile' },
  group: { icon: 'model', colour: '--t-stone-model' },
  address: { icon: 'place', colour: '--t-stone-segment' },
}

function Tile({ data: { related, say } }: NodeProps<RelatedNode>) {
  const { icon, colour } = looks[related.kind]
  const name = related.name === '' ? texts.customers.nameless : related.name
  const to = addressOf(related)
  const contents = (
    <>
      <span className={styles.stone}>
        <Icon name={icon} />
      </span>
      <span className={styles.words}>
        <span className={styles.name}>{name}</span>
        <span className={styles.quiet}>{saidOf(related, say)}</span>
      </span>
    </>
  )
  const title = [name, related.detail, say].filter((part) => part !== undefined).join(', ')
  return (
    <>
      <Handle type="target" position={Position.Left} isConnectable={false} />
      <div className={`${styles.tile} nodrag nopan`} style={stoneColour(colour)} title={title}>
        {to === undefined ? (
          <span className={styles.inner}>{contents}</span>
        ) : (
          <LinkText to={to} className={styles.inner}>
            {contents}
          </LinkText>
        )}
      </div>
      <Handle type="source" position={Position.Right} isConnectable={false} />
    </>
  )
}

const saidOf = ({ detail, not_shown: left = 0 }: Related, say: string | undefined): string =>
  [say, left > 0 ? words.notShown(left) : detail].filter((part) => part !== undefined).join(' · ')

function addressOf({ profile, object, record }: Related): string | undefined {
  if (profile !== undefined) return `${embedded?.base ?? ''}/customers/${profile}`
  if (record === undefined || embedded) return undefined
  return `/related/${object}/${record}`
}
