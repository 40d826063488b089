import '@xyflow/react/dist/style.css'
import { Controls, type Edge, ReactFlow, ReactFlowProvider, useReactFlow } from '@xyflow/react'
import { useEffect, useMemo, useRef, useState } from 'react'
import type { GraphNode } from '../../../lib/api-types.ts'
import { texts } from '../../../lib/texts.ts'
import { layOut, lineageOf } from '../layout.ts'
import { stoneOf } from '../stones.ts'
import { FlowNode, type FlowNodeType } from './flow-node.tsx'
import styles from './flow-picture.module.css'

const sizes = { width: 188, height: 52, across: 64, between: 10 }
const nodeTypes = { stone: FlowNode }

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
  const frame = useRef<HTMLDivElement>(null)
  const plan = useMemo(
    () => nodes.map((node) => ({ key: node.key, stone: stoneOf(node), inputs: node.inputs })),
    [nodes],
  )
  const spots = useMemo(() => layOut(plan, sizes), [plan])
  const focus = hovered ?? chosen
  const lit = useMemo(
    () => (focus === undefined ? undefined : lineageOf(focus, plan)),
    [focus, plan],
  )
  useFit(frame, nodes.length)
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
    <section ref={frame} className={styles.frame} aria-label={texts.flow.picture}>
      <ReactFlow
        nodes={flowNodes}
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
        minZoom={0.2}
        maxZoom={1.5}
        proOptions={{ hideAttribution: true }}
      >
        <Controls showInteractive={false} position="bottom-right" />
      </ReactFlow>
    </section>
  )
}

// The whole flow stays in sight when nodes come or go and when the window changes.
function useFit(frame: React.RefObject<HTMLDivElement | null>, count: number) {
  const { fitView } = useReactFlow()
  useEffect(() => {
    if (!frame.current) return
    const fit = () => void fitView({ padding: 0.04, maxZoom: 1.1 })
    const observer = new ResizeObserver(fit)
    observer.observe(frame.current)
    const later = setTimeout(fit, count > 0 ? 60 : 0)
    return () => {
      clearTimeout(later)
      observer.disconnect()
    }
  }, [frame, fitView, count])
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
