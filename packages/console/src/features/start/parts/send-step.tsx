import { Button, Input, SegmentedControl, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { Activation } from '@tessera/platform/contract'
import { type FormEvent, useState } from 'react'
import { mappingsQuery } from '../../../lib/mappings.ts'
import { texts } from '../../../lib/texts.ts'
import { useJob } from '../../../lib/use-job.ts'
import { Answer } from '../../../ui/answer.tsx'
import { LinkButton } from '../../../ui/link-button.tsx'
import { Tag } from '../../../ui/tag.tsx'
import { WorkLine } from '../../../ui/work-line.tsx'
import {
  activationQuery,
  type FileActivation,
  folderQuery,
  makeActivation,
  segmentQuery,
} from '../api/start.ts'
import { attributesFrom } from '../attributes.ts'
import styles from './start.module.css'

const words = texts.start.send
const formats = ['csv', 'json', 'parquet'] as const
const changed = [['activations'], ['summary'], ['graph'], ['definitions']] as const

/** A segment into a file: where to, what goes along, and how many have arrived. */
export function SendStep({
  segment,
  activation,
  onActivation,
}: {
  segment: string
  activation: string | undefined
  onActivation: (key: string) => void
}) {
  const send = useJob(
    (of: FileActivation) =>
      makeActivation(of).then((started) => {
        onActivation(of.key)
        return started
      }),
    changed,
  )
  const found = useQuery(activationQuery(activation ?? ''))
  return (
    <>
      <p className={styles.quiet}>{words.about}</p>
      {activation === undefined && (
        <SendForm segment={segment} isBusy={send.isBusy} onSend={send.start} />
      )}
      <WorkLine work={send} running={words.writing} failed={words.failed} />
      {found.data && <Arrived activation={found.data} isOver={!send.isBusy} />}
    </>
  )
}

function SendForm({
  segment: key,
  isBusy,
  onSend,
}: {
  segment: string
  isBusy: boolean
  onSend: (of: FileActivation) => void
}) {
  const segment = useQuery(segmentQuery(key))
  const mappings = useQuery(mappingsQuery)
  const [folder, setFolder] = useState('first-steps')
  const [format, setFormat] = useState<FileActivation['format']>('csv')
  return (
    <Answer query={mappings} height={120}>
      {(all) => {
        const attributes = attributesFrom(all.map(({ body }) => body))
        const submit = (event: FormEvent) => {
          event.preventDefault()
          const label = segment.data?.label ?? key
          onSend({ key: `${key}_to_file`, segment: key, label, folder, format, attributes })
        }
        return (
          <form className={styles.form} onSubmit={submit}>
            <TextInput
              label={words.folder}
              description={words.folderAbout}
              inputWrapperOrder={['label', 'input', 'description']}
              value={folder}
              onChange={(event) => setFolder(event.currentTarget.value)}
              spellCheck={false}
            />
            <Input.Wrapper label={words.format} labelElement="div">
              <SegmentedControl
                aria-label={words.format}
                value={format}
                onChange={(value) => setFormat(formats.find((one) => one === value) ?? 'csv')}
                data={formats.map((value) => ({ value, label: words.formats[value] }))}
              />
            </Input.Wrapper>
            <div>
              <p className={styles.quiet}>{words.columns}</p>
              <span className={styles.tags}>
                {attributes.map(({ as }) => (
                  <Tag key={as}>{as}</Tag>
                ))}
              </span>
            </div>
            <Button type="submit" loading={isBusy} disabled={folder.trim() === ''}>
              {words.button}
            </Button>
          </form>
        )
      }}
    </Answer>
  )
}

function Arrived({ activation, isOver }: { activation: Activation; isOver: boolean }) {
  const { data: folder = activation.destination } = useQuery(folderQuery(activation.destination))
  const { delivered, waiting, dead, members } = activation.ledger
  if (!isOver && members === 0) return null
  const isFinished = isOver && waiting === 0 && dead === 0
  return (
    <div role="status" className={styles.arrived}>
      {delivered > 0 && <p className={styles.good}>{words.delivered(delivered, folder)}</p>}
      {waiting > 0 && <p>{words.waiting(waiting)}</p>}
      {dead > 0 && <p className={styles.warning}>{words.dead(dead)}</p>}
      {isFinished && (
        <>
          {members === 0 && <p>{words.none}</p>}
          <p className={styles.big}>{words.finished}</p>
        </>
      )}
      <div className={styles.actions}>
        <LinkButton to="/" icon="flow">
          {words.flow}
        </LinkButton>
        <LinkButton to="/activations" icon="activation">
          {words.activations}
        </LinkButton>
      </div>
    </div>
  )
}
