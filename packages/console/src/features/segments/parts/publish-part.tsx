import { Button, Modal } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { SegmentOverview } from '@tessera/platform/contract'
import { useState } from 'react'
import { type Body, isBody } from '../../../lib/body.ts'
import { definitionQuery } from '../../../lib/definitions.ts'
import { texts } from '../../../lib/texts.ts'
import type { Refresh } from '../../../lib/use-refresh.ts'
import shared from '../../../ui/lines.module.css'
import { RefreshButton } from '../../../ui/refresh-line.tsx'
import { TroubleLine } from '../../../ui/trouble.tsx'
import { publishWith } from '../api/segments.ts'
import { missingIn, type Parameter, parametersIn } from '../given.ts'
import { GivenFields } from './given-fields.tsx'

const words = texts.segments.publishWith

/** Publishes a segment; one with parameters asks for their values first. */
export function PublishButton({
  segment: { key },
  refresh,
}: {
  segment: SegmentOverview
  refresh: Refresh
}) {
  const { data: definition } = useQuery(definitionQuery('segment', key))
  const parameters = isBody(definition?.body) ? parametersIn(definition.body) : []
  if (parameters.length === 0)
    return <RefreshButton refresh={refresh} label={texts.segments.publish} />
  return <PublishWith segment={key} parameters={parameters} />
}

function PublishWith({
  segment,
  parameters,
}: {
  segment: string
  parameters: readonly Parameter[]
}) {
  const queries = useQueryClient()
  const [isOpen, setOpen] = useState(false)
  const [given, give] = useState<Body>({})
  const publish = useMutation({
    mutationFn: () => publishWith(segment, given),
    onSuccess: async () => {
      setOpen(false)
      await queries.invalidateQueries()
    },
  })
  const missing = missingIn(given, parameters)
  return (
    <>
      {publish.data && !isOpen && (
        <span role="status" className={shared.good}>
          {words.done(publish.data.members)}
        </span>
      )}
      <Button onClick={() => setOpen(true)}>{texts.segments.publish}</Button>
      <Modal opened={isOpen} onClose={() => setOpen(false)} title={words.title}>
        <GivenFields parameters={parameters} given={given} onGive={give} />
        <p className={shared.quiet}>{missing.length > 0 ? words.missing : words.about}</p>
        {publish.error && (
          <div role="alert" className={shared.bad}>
            <TroubleLine thrown={publish.error} />
          </div>
        )}
        <p className={shared.actions}>
          <Button
            size="sm"
            disabled={missing.length > 0}
            loading={publish.isPending}
            onClick={() => publish.mutate()}
          >
            {texts.segments.publish}
          </Button>
          <Button size="sm" variant="default" onClick={() => setOpen(false)}>
            {words.cancel}
          </Button>
        </p>
      </Modal>
    </>
  )
}
