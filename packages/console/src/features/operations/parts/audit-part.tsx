import { useQuery } from '@tanstack/react-query'
import type { AuditEntry } from '@tessera/platform/contract'
import { formatTime } from '../../../lib/format.ts'
import { olderThan } from '../../../lib/paging.ts'
import { texts } from '../../../lib/texts.ts'
import { Answer } from '../../../ui/answer.tsx'
import { type Column, DataTable } from '../../../ui/data-table.tsx'
import { EmptyState } from '../../../ui/empty-state.tsx'
import { JsonTree } from '../../../ui/json-tree.tsx'
import { ListFilter } from '../../../ui/list-frame.tsx'
import { Pager } from '../../../ui/pager.tsx'
import { SearchBox } from '../../../ui/search-box.tsx'
import { auditQuery, perPage } from '../api/operations.ts'
import type { PartProps } from '../operations-page.tsx'
import styles from './operations.module.css'

const words = texts.operations.audit

const columns: readonly Column<AuditEntry>[] = [
  { key: 'at', title: words.columns.at, cell: ({ at }) => formatTime(at) },
  { key: 'caller', title: words.columns.caller, cell: ({ caller }) => caller },
  { key: 'verb', title: words.columns.verb, cell: ({ verb }) => verb },
  { key: 'subject', title: words.columns.subject, cell: ({ subject }) => <code>{subject}</code> },
  {
    key: 'details',
    title: words.columns.details,
    cell: ({ details }) => Object.keys(details).length > 0 && <JsonTree value={details} open={0} />,
  },
]

/** Who did what, newest first. */
export function AuditPart({ address: { q, verb, before }, go }: PartProps) {
  const entries = useQuery(auditQuery({ search: q, verb, before }))
  const isFiltered = q !== undefined || verb !== undefined
  const here = {
    tab: 'audit' as const,
    ...(q === undefined ? {} : { q }),
    ...(verb === undefined ? {} : { verb }),
  }
  return (
    <>
      <div className={styles.filters}>
        <SearchBox
          label={words.search}
          hint={words.hint}
          value={q ?? ''}
          onSearch={(text) => {
            const { q: _, ...rest } = here
            go({ ...rest, ...(text === '' ? {} : { q: text }) })
          }}
        />
        <ListFilter
          label={words.verb}
          any={words.allVerbs}
          value={verb}
          options={Object.entries(words.nouns).map(([value, label]) => ({ value, label }))}
          onChoose={(chosen) => {
            const { verb: _, ...rest } = here
            go({ ...rest, ...(chosen === undefined ? {} : { verb: chosen }) })
          }}
        />
      </div>
      <Answer query={entries} height={320}>
        {(page) => (
          <>
            {page.length === 0 ? (
              <EmptyState
                icon={isFiltered ? 'search' : 'file'}
                title={isFiltered ? texts.operations.noneFound : words.empty}
              >
                {isFiltered ? texts.operations.noneFoundHelp : words.emptyHelp}
              </EmptyState>
            ) : (
              <DataTable
                label={texts.operations.parts.audit}
                rows={page}
                columns={columns}
                rowKey={({ number }) => String(number)}
              />
            )}
            <Pager
              onNewest={before === undefined ? undefined : () => go(here)}
              onOlder={olderThan(page, perPage, ({ number }) =>
                go({ ...here, before: String(number) }),
              )}
            />
          </>
        )}
      </Answer>
    </>
  )
}
