import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { DefinitionAnswer, DefinitionVersion } from '@tessera/platform/contract'
import { type Body, isBody } from '../lib/body.ts'
import { versionsQuery } from '../lib/definitions.ts'
import { formatCount } from '../lib/format.ts'
import { texts } from '../lib/texts.ts'
import { Ago } from './ago.tsx'
import { Answer } from './answer.tsx'
import { type Column, DataTable } from './data-table.tsx'
import { Panel } from './page.tsx'
import { Tag } from './tag.tsx'

const words = texts.editor

/** Everything that a definition has been; each can be taken into the editor again. */
export function VersionsPart({
  published,
  onTake,
}: {
  published: DefinitionAnswer
  onTake: (body: Body) => void
}) {
  const versions = useQuery(versionsQuery(published.kind, published.key))
  return (
    <Panel title={words.versions} flush="flush">
      <Answer query={versions} height={160}>
        {(all) => (
          <DataTable
            label={words.versions}
            rows={all}
            columns={columnsOf(published.version, onTake)}
            rowKey={({ version }) => String(version)}
          />
        )}
      </Answer>
    </Panel>
  )
}

const columnsOf = (
  current: number,
  onTake: (body: Body) => void,
): readonly Column<DefinitionVersion>[] => [
  {
    key: 'version',
    title: words.version,
    cell: ({ version, did }) => (
      <>
        {formatCount(version)} {version === current && <Tag>{words.current}</Tag>}
        {did === 'remove' && <Tag>{words.removed}</Tag>}
      </>
    ),
  },
  { key: 'when', title: words.when, cell: ({ at }) => <Ago time={at} /> },
  { key: 'by', title: words.writtenBy, cell: ({ by }) => by },
  {
    key: 'take',
    title: '',
    align: 'end',
    cell: ({ version, body }) =>
      version !== current &&
      isBody(body) && (
        <Button size="compact-xs" variant="default" onClick={() => onTake(body)}>
          {words.take}
        </Button>
      ),
  },
]
