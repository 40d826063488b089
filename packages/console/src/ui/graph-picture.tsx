import { useElementSize, useViewportSize } from '@mantine/hooks'
import { type Edge, ReactFlowProvider, useReactFlow } from '@xyflow/react'
import { useEffect, useMemo, useState } from 'react'
import { columnsOf, type Fit, fitInto, layOut, lineageOf, type Spot } from '../lib/graph-layout.ts'
import styles from './graph-picture.module.css'
import { Heading, type HeadingNode, type PictureNode, Tile, type TileNode } from './graph-tile.tsx'
import { StillFlow } from './still-flow.tsx'

const sizes = { width: 200, height: 52, between: 10 }
const headingHeight = 34
const edge = 18
const nodeTypes = { tile: Tile, heading: Heading }

interface PictureProps {
  readonly label: string
  readonly nodes: readonly PictureNode[]
  /** The node that one looks at; what it comes from and leads to is lit. */
  readonly chosen?: string | undefined
  readonly onChoose: (key: string) => void
  /** The least height; without one, what is left of the window below `above`. */
  readonly height?: number
  readonly above?: number
}

/** What is made of what, as a picture from left to right: a column for each kind; what belongs to the node under the pointer is lit. */
export function GraphPicture(props: PictureProps) {
  return (
    <ReactFlowProvider>
      <Picture {...props} />
    </ReactFlowProvider>
  )
}

function Picture({ label, nodes, chosen, onChoose, height = 420, above }: PictureProps) {
  const [hovered, setHovered] = useState<string>()
  const { ref: frame, width } = useElementSize<HTMLElement>()
  const { height: window } = useViewportSize()
  const least = above === undefined ? height : Math.max(height, window - above)
  const fit = useMemo(() => {
    const place = { width: width - 2 * edge, height: least - 2 * edge - headingHeight }
    return fitInto(place, nodes, sizes)
  }, [nodes, width, least])
  const spots = useMemo(() => layOut(nodes, { ...sizes, across: fit.across }), [nodes, fit.across])
  const focus = hovered ?? chosen
  const lit = useMemo(
    () => (focus === undefined ? undefined : lineageOf(focus, nodes)),
    [focus, nodes],
  )
  useBeginning(fit)
  const tiles = nodes.map(
    (node): TileNode => ({
      id: node.key,
      type: 'tile',
      position: spots.get(node.key) ?? { x: 0, y: 0 },
      width: sizes.width,
      height: sizes.height,
      data: {
        of: node,
        onChoose,
        isChosen: node.key === chosen,
        isDim: lit !== undefined && !lit.has(node.key),
      },
    }),
  )
  return (
    <section
      ref={frame}
      className={styles.frame}
      style={{ height: fit.height + 2 * edge + headingHeight }}
      aria-label={label}
    >
      <StillFlow
        nodes={[...headingsOf(nodes, spots), ...tiles]}
        edges={edgesOf(nodes, lit)}
        nodeTypes={nodeTypes}
        onNodeMouseEnter={(_, { id }) => setHovered(id)}
        onNodeMouseLeave={() => setHovered(undefined)}
        minZoom={0.3}
        maxZoom={1.5}
      />
    </section>
  )
}

// Sources first: where the picture is wider than its place, one drags it on to the right.
function useBeginning({ zoom, left, top }: Fit) {
  const { setViewport } = useReactFlow()
  useEffect(() => {
    void setViewport({ x: edge + left, y: edge + top + headingHeight * zoom, zoom })
  }, [setViewport, zoom, left, top])
}

// One heading above each first column of its kind.
function headingsOf(
  nodes: readonly PictureNode[],
  spots: ReadonlyMap<string, Spot>,
): HeadingNode[] {
  const top = Math.min(...[...spots.values()].map(({ y }) => y))
  const byKey = new Map(nodes.map((node) => [node.key, node]))
  const seen = new Set<string>()
  return columnsOf(nodes).flatMap(([first = '']) => {
    const { heading } = byKey.get(first) ?? { heading: '' }
    const spot = spots.get(first)
    if (!spot || seen.has(heading)) return []
    seen.add(heading)
    return {
      id: `heading ${heading}`,
      type: 'heading',
      position: { x: spot.x, y: top - headingHeight },
      width: sizes.width,
      height: headingHeight,
      data: { label: heading },
    }
  })
}

function edgesOf(nodes: readonly PictureNode[], lit: ReadonlySet<string> | undefined): Edge[] {
  const known = new Set(nodes.map(({ key }) => key))
  return nodes.flatMap(({ key, inputs, look }) =>
    inputs
      .filter((input) => known.has(input))
      .map((input) => {
        const isLit = lit?.has(key) && lit.has(input)
        const isDim = lit !== undefined && !isLit
        return {
          id: `${input} > ${key}`,
          source: input,
          target: key,
          focusable: false,
          animated: look === 'moving',
          style: {
            stroke: isLit || look === 'moving' ? 'var(--t-busy)' : 'var(--t-line-strong)',
            strokeWidth: isLit ? 1.6 : 1.2,
            opacity: isDim ? 0.25 : 1,
          },
        }
      }),
  )
}
