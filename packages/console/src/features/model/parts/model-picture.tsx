import { useNavigate } from '@tanstack/react-router'
import { type Edge, Handle, type Node, type NodeProps, Position } from '@xyflow/react'
import { useMemo, useState } from 'react'
import { formatShort } from '../../../lib/format.ts'
import type { ModelObjectFacts } from '../../../lib/model.ts'
import { texts } from '../../../lib/texts.ts'
import { stoneColour } from '../../../ui/colour.ts'
import { Icon } from '../../../ui/icons.tsx'
import { StillFlow } from '../../../ui/still-flow.tsx'
import { layOut, relationsOf, sizes } from '../layout.ts'
import styles from './model.module.css'

const words = texts.model

type ObjectNode = Node<
  {
    readonly object: ModelObjectFacts
    readonly rows: number | undefined
    readonly isDim: boolean
    readonly onOpen: (key: string) => void
  },
  'object'
>
type AreaNode = Node<{ readonly label: string }, 'area'>

const nodeTypes = { object: ObjectTile, area: AreaHeading }

/** The model as a diagram: a column for each subject area, lines from an object to those that it leads to. */
export function ModelPicture({
  objects,
  areas,
  rows,
}: {
  objects: readonly ModelObjectFacts[]
  areas: Readonly<Record<string, string>>
  rows: ReadonlyMap<string, number>
}) {
  const navigate = useNavigate()
  const [hovered, setHovered] = useState<string>()
  const places = useMemo(() => layOut(objects, areaKeys(objects, areas)), [objects, areas])
  const relations = useMemo(() => relationsOf(objects), [objects])
  const near = neighboursOf(hovered, relations)
  const open = (object: string) => void navigate({ to: '/model/$object', params: { object } })
  const tiles = objects.map(
    (object): ObjectNode => ({
      id: object.key,
      type: 'object',
      position: places.get(object.key) ?? { x: 0, y: 0 },
      width: sizes.width,
      height: sizes.height,
      data: {
        object,
        rows: rows.get(object.key),
        isDim: near !== undefined && !near.has(object.key),
        onOpen: open,
      },
    }),
  )
  const bottom = Math.max(...[...places.values()].map(({ y }) => y)) + sizes.height
  return (
    <section
      className={styles.picture}
      style={{ height: Math.min(760, Math.max(360, bottom + 60)) }}
      aria-label={words.picture}
    >
      <StillFlow
        nodes={[...headingsOf(objects, areas, places), ...tiles]}
        edges={edgesOf(relations, hovered)}
        nodeTypes={nodeTypes}
        onNodeMouseEnter={(_, { id }) => setHovered(id)}
        onNodeMouseLeave={() => setHovered(undefined)}
        fitView
        fitViewOptions={{ padding: 0.04, maxZoom: 1 }}
        minZoom={0.3}
      />
    </section>
  )
}

function ObjectTile({ data: { object, rows, isDim, onOpen } }: NodeProps<ObjectNode>) {
  const fields = Object.keys(object.fields).length
  return (
    <>
      <Handle type="target" position={Position.Left} isConnectable={false} />
      <button
        type="button"
        className={`${styles.tile} nodrag nopan`}
        style={stoneColour('--t-stone-model')}
        data-dim={isDim}
        data-filled={rows !== undefined}
        title={object.about}
        onClick={() => onOpen(object.key)}
      >
        <span className={styles.stone}>
          <Icon name="model" />
        </span>
        <span className={styles.words}>
          <span className={styles.label}>{object.label}</span>
          <span className={styles.quiet}>
            {words.fields(fields)} ·{' '}
            {rows === undefined ? words.notFilled : `${formatShort(rows)} ${words.rowsWord}`}
          </span>
        </span>
      </button>
      <Handle type="source" position={Position.Right} isConnectable={false} />
    </>
  )
}

function AreaHeading({ data: { label } }: NodeProps<AreaNode>) {
  return <div className={styles.heading}>{label}</div>
}

/** The subject areas in the order of the model, with those that only users have at the end. */
const areaKeys = (
  objects: readonly ModelObjectFacts[],
  areas: Readonly<Record<string, string>>,
): readonly string[] => [
  ...new Set([...Object.keys(areas), ...objects.map(({ subject_area: area }) => area)]),
]

function headingsOf(
  objects: readonly ModelObjectFacts[],
  areas: Readonly<Record<string, string>>,
  places: ReadonlyMap<string, { readonly x: number }>,
): AreaNode[] {
  const used = new Map(
    objects.map(({ key, subject_area: area }) => [area, places.get(key)?.x ?? 0]),
  )
  return [...used].map(([area, x]) => ({
    id: `area ${area}`,
    type: 'area',
    position: { x, y: 0 },
    width: sizes.width,
    height: sizes.head,
    data: { label: areas[area] ?? area },
  }))
}

/** An object with everything that leads to it and that it leads to. */
function neighboursOf(
  key: string | undefined,
  relations: ReturnType<typeof relationsOf>,
): ReadonlySet<string> | undefined {
  if (key === undefined) return undefined
  const near = relations.flatMap(({ from, to }) => {
    if (from === key) return [to]
    return to === key ? [from] : []
  })
  return new Set([key, ...near])
}

function edgesOf(relations: ReturnType<typeof relationsOf>, hovered: string | undefined): Edge[] {
  return relations.map(({ from, to }) => {
    const isLit = hovered === from || hovered === to
    return {
      id: `${from} > ${to}`,
      source: from,
      target: to,
      focusable: false,
      style: {
        stroke: isLit ? 'var(--t-busy)' : 'var(--t-line-strong)',
        strokeWidth: isLit ? 1.6 : 1.1,
        opacity: hovered !== undefined && !isLit ? 0.2 : 0.9,
      },
    }
  })
}
