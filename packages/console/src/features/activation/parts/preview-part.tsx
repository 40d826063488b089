import { Button } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import type { ActivationPreview } from '@tessera/platform/contract'
import type { Body } from '../../../lib/body.ts'
import { formatValue } from '../../../lib/format.ts'
import { texts } from '../../../lib/texts.ts'
import shared from '../../../ui/lines.module.css'
import { Panel } from '../../../ui/page.tsx'
import { TroubleLine } from '../../../ui/trouble.tsx'
import { previewDraft } from '../api/activations.ts'
import styles from './activations.module.css'

const words = texts.activations.preview

/** What a draft would send, computed when one asks; nothing is sent. */
export function PreviewPart({
  activation,
  body,
}: {
  activation: string | undefined
  body: Body | undefined
}) {
  const preview = useMutation({ mutationFn: previewDraft })
  const isOld = preview.data !== undefined && preview.variables?.body !== body
  return (
    <Panel
      title={words.title}
      aside={
        <Button
          size="compact-sm"
          variant="default"
          disabled={body === undefined}
          loading={preview.isPending}
          onClick={() => preview.mutate({ key: activation, body })}
        >
          {words.button}
        </Button>
      }
    >
      <div className={styles.previewed}>
        {preview.error && (
          <div role="alert" className={shared.bad}>
            <TroubleLine thrown={preview.error} />
          </div>
        )}
        {!preview.data && !preview.error && <p className={shared.quiet}>{words.about}</p>}
        {isOld && <p className={shared.small}>{words.older}</p>}
        {preview.data && <Previewed of={preview.data} />}
      </div>
    </Panel>
  )
}

function Previewed({
  of: { members, filtered, undivided, columns, rows },
}: {
  of: ActivationPreview
}) {
  return (
    <>
      <p role="status" className={styles.strong}>
        {members === 0 ? words.nobody : words.members(members)}
      </p>
      {Object.entries(filtered).map(([reason, count]) => (
        <p key={reason} className={shared.quiet}>
          {words.filtered(count, reason)}
        </p>
      ))}
      {Object.entries(undivided).map(([as, count]) => (
        <p key={as} className={shared.bad}>
          {words.undivided(as, count)}
        </p>
      ))}
      {rows.length > 0 && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a wide table is scrolled with the keyboard too
        <section className={styles.scroll} tabIndex={0} aria-label={words.first(rows.length)}>
          <table className={styles.cells}>
            <thead>
              <tr>
                {columns.map((name) => (
                  <th key={name} scope="col">
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <tr key={String(row['profile_id'])}>
                  {columns.map((name) => (
                    <td key={name} title={formatValue(row[name])}>
                      {formatValue(row[name])}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </>
  )
}
