import '@xyflow/react/dist/style.css'
import { useElementSize, useViewportSize } from '@mantine/hooks'
import type { GraphNode } from '@tessera/platform/contract'
import { Controls, type Edge, ReactFlow, ReactFlowProvider, useReactFlow } from '@xyflow/react'
import { useEffect, useMemo, useState } from 'react'
import { texts } from '../../../lib/texts.ts'
import {
  columnsOf,
  type Fit,
  fitInto,
  type LayoutNode,
  layOut,
  lineageOf,
  type Spot,
} from '../layout.ts'
import { stoneOf } from '../stones.ts'
import { FlowHeading, type FlowHeadingType, FlowNode, type FlowNodeType } from './flow-node.tsx'
import styles from './flow-picture.module.css'

const sizes = { width: 200, height: 52, between: 10 }
const headingHeight = 34
const edge = 18
// What stands above the picture on the page.
const above = 232
const leastHeight = 420
const nodeTypes = { stone: FlowNode, heading: FlowHeading }

/** The flow as a live picture, from the sources at the left to the activations at the right. */
export function FlowPicture(props: {
  nodes: readonly GraphNode[]
  chosen: string | undefined
  onChoose: (key: string) => void
}) {
  return (
    <ReactFlowProvider>
      <Picture {...props} />
    </ReactFlowProvider>
  )
}

function Picture({
  nodes,
  chosen,
  onChoose,
}: {
  nodes: readonly GraphNode[]
  chosen: string | undefined
  onChoose: (key: string) => void
}) {
  const [hovered, setHovered] = useState<string>()
  const { ref: frame, width } = useElementSize<HTMLElement>()
  const { height: window } = useViewportSize()
  const plan = useMemo(
    () => nodes.map((node) => ({ key: node.key, stone: stoneOf(node), inputs: node.inputs })),
    [nodes],
  )
  const fit = useMemo(() => {
    const height = Math.max(leastHeight, window - above)
    const place = { width: width - 2 * edge, height: height - 2 * edge - headingHeight }
    return fitInto(place, plan, sizes)
  }, [plan, width, window])
  const spots = useMemo(() => layOut(plan, { ...sizes, across: fit.across }), [plan, fit.across])
  const focus = hovered ?? chosen
  const lit = useMemo(
    () => (focus === undefined ? undefined : lineageOf(focus, plan)),
    [focus, plan],
  )
  useBeginning(fit)
  const flowNodes = nodes.map(
    (node): FlowNodeType => ({
      id: node.key,
      type: 'stone',
      position: spots.get(node.key) ?? { x: 0, y: 0 },
      width: sizes.width,
      height: sizes.height,
      data: {
        node,
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
      aria-label={texts.flow.picture}
    >
      <ReactFlow
        nodes={[...headingsOf(plan, spots), ...flowNodes]}
        edges={edgesOf(nodes, lit)}
        nodeTypes={nodeTypes}
        onNodeMouseEnter={(_, { id }) => setHovered(id)}
        onNodeMouseLeave={() => setHovered(undefined)}
        nodesDraggable={false}
        nodesConnectable={false}
        nodesFocusable={false}
        edgesFocusable={false}
        elementsSelectable={false}
        zoomOnScroll={false}
        preventScrolling={false}
        zoomOnDoubleClick={false}
        minZoom={0.3}
        maxZoom={1.5}
        proOptions={{ hideAttribution: true }}
      >
        <Controls showInteractive={false} position="bottom-right" />
      </ReactFlow>
    </section>
  )
}

// Sources first: where the picture is wider than its place, one drags it on to the activations.
function useBeginning({ zoom, left, top }: Fit) {
  const { setViewport } = useReactFlow()
  useEffect(() => {
    void setViewport({ x: edge + left, y: edge + top + headingHeight * zoom, zoom })
  }, [setViewport, zoom, left, top])
}

// One heading above each first column of its kind.
function headingsOf(
  plan: readonly LayoutNode[],
  spots: ReadonlyMap<string, Spot>,
): FlowHeadingType[] {
  const top = Math.min(...[...spots.values()].map(({ y }) => y))
  const stoneByKey = new Map(plan.map(({ key, stone }) => [key, stone]))
  const seen = new Set<string>()
  return columnsOf(plan).flatMap(([first = '']) => {
    const stone = stoneByKey.get(first) ?? 'other'
    const spot = spots.get(first)
    if (!spot || seen.has(stone)) return []
    seen.add(stone)
    return {
      id: `heading ${stone}`,
      type: 'heading',
      position: { x: spot.x, y: top - headingHeight },
      width: sizes.width,
      height: headingHeight,
      data: { stone },
    }
  })
}

function edgesOf(nodes: readonly GraphNode[], lit: ReadonlySet<string> | undefined): Edge[] {
  const known = new Set(nodes.map(({ key }) => key))
  return nodes.flatMap(({ key, inputs, state }) =>
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
          animated: state === 'running',
          style: {
            stroke: isLit || state === 'running' ? 'var(--t-busy)' : 'var(--t-line-strong)',
            strokeWidth: isLit ? 1.6 : 1.2,
            opacity: isDim ? 0.25 : 1,
          },
        }
      }),
  )
}
