import '@xyflow/react/dist/style.css'
import { Controls, type Edge, type Node, ReactFlow, type ReactFlowProps } from '@xyflow/react'

/** A picture of nodes and lines that is looked at and pressed, not moved about or drawn in; it can be pushed and enlarged. */
export function StillFlow<N extends Node, E extends Edge>(props: ReactFlowProps<N, E>) {
  return (
    <ReactFlow<N, E>
      nodesDraggable={false}
      nodesConnectable={false}
      nodesFocusable={false}
      edgesFocusable={false}
      elementsSelectable={false}
      zoomOnScroll={false}
      preventScrolling={false}
      zoomOnDoubleClick={false}
      proOptions={{ hideAttribution: true }}
      {...props}
    >
      <Controls showInteractive={false} position="bottom-right" />
    </ReactFlow>
  )
}
