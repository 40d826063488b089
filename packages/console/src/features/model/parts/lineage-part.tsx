import { Select } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useRouter } from '@tanstack/react-router'
import { useMemo } from 'react'
import { mappingsQuery } from '../../../lib/mappings.ts'
import type { ModelObjectFacts } from '../../../lib/model.ts'
import { relationsQuery } from '../../../lib/sql.ts'
import { texts } from '../../../lib/texts.ts'
import { Answer } from '../../../ui/answer.tsx'
import { GraphPicture } from '../../../ui/graph-picture.tsx'
import { usesQuery } from '../api/model.ts'
import { wayOf } from '../lineage.ts'
import { originsOf, type Use } from '../uses.ts'
import styles from './model.module.css'

const words = texts.model.lineage

/** Where one field comes from and where it goes, drawn from the columns of streams to what is sent. */
export function LineagePart({
  object,
  model,
  field: asked,
  onField,
}: {
  object: ModelObjectFacts
  model: readonly ModelObjectFacts[]
  field: string | undefined
  onField: (field: string) => void
}) {
  const uses = useQuery(usesQuery(model))
  const { data: mappings = [] } = useQuery(mappingsQuery)
  const origins = originsOf(
    object.key,
    mappings.map(({ body }) => body),
  )
  const names = Object.keys(object.fields)
  // A field that something fills tells more than one that nothing does.
  const usual = names.find((name) => name !== 'id' && origins.has(name)) ?? names[0] ?? ''
  const field = asked !== undefined && asked in object.fields ? asked : usual
  return (
    <>
      <div className={styles.above}>
        <Select
          size="xs"
          label={words.choose}
          value={field}
          data={names.map((value) => ({ value, label: object.fields[value]?.label ?? value }))}
          searchable
          allowDeselect={false}
          onChange={(chosen) => chosen !== null && onField(chosen)}
          w={280}
        />
      </div>
      <Answer query={uses} height={320}>
        {(all) => (
          <Way object={object} field={field} origins={origins.get(field) ?? []} uses={all} />
        )}
      </Answer>
    </>
  )
}

function Way({
  object,
  field,
  origins,
  uses,
}: {
  object: ModelObjectFacts
  field: string
  origins: Parameters<typeof wayOf>[0]['origins']
  uses: readonly Use[]
}) {
  const router = useRouter()
  const { data: relations } = useQuery(relationsQuery)
  const nodes = useMemo(() => {
    const columns = new Map(
      relations?.flatMap(({ name, columns: of }) =>
        name.startsWith('lake.')
          ? [[name.slice('lake.'.length), of.map((column) => column.name)] as const]
          : [],
      ),
    )
    const label = object.fields[field]?.label ?? field
    return wayOf({ object: object.key, field, label, origins, columns, uses })
  }, [object, field, origins, uses, relations])
  const name = `${object.key}.${field}`
  const open = (key: string) => {
    const page = nodes.find((node) => node.key === key)?.page
    if (page !== undefined) router.history.push(page)
  }
  return (
    <>
      {nodes.length === 1 && <p className={styles.remark}>{words.nothing}</p>}
      <GraphPicture
        label={words.picture(name)}
        nodes={nodes}
        chosen={name}
        onChoose={open}
        height={260}
      />
    </>
  )
}
