import { Button, FileButton, Progress } from '@mantine/core'
import type { ImportAnswer } from '@tessera/platform/contract'
import { type DragEvent, useState } from 'react'
import { formatDuration, formatSize } from '../../../lib/format.ts'
import { paceOf } from '../../../lib/pace.ts'
import { texts } from '../../../lib/texts.ts'
import { Icon } from '../../../ui/icons.tsx'
import { TroubleLine } from '../../../ui/trouble.tsx'
import { type Upload, useUpload } from '../use-upload.ts'
import styles from './start.module.css'

const words = texts.start.file
const kinds = '.csv,.tsv,.txt,.json,.ndjson,.jsonl,.parquet,.xlsx,.xlsm,.gz'

/** Where a file is dropped or chosen; it goes off at once. */
export function FileDrop({ onTaken }: { onTaken: (answer: ImportAnswer) => void }) {
  const upload = useUpload(onTaken)
  const [isOver, setIsOver] = useState(false)
  const drop = (event: DragEvent) => {
    event.preventDefault()
    setIsOver(false)
    const [file] = event.dataTransfer.files
    if (file && !upload.isBusy) upload.send(file)
  }
  return (
    <section
      className={styles.drop}
      data-over={isOver}
      aria-label={words.label}
      onDragOver={(event) => {
        event.preventDefault()
        setIsOver(true)
      }}
      onDragLeave={() => setIsOver(false)}
      onDrop={drop}
    >
      {upload.isBusy ? (
        <OnItsWay upload={upload} />
      ) : (
        <>
          <Icon name="upload" size={26} />
          <p>{words.drop}</p>
          <FileButton
            accept={kinds}
            onChange={(file) => file && upload.send(file)}
            inputProps={{ 'aria-label': words.label }}
          >
            {(props) => <Button {...props}>{words.choose}</Button>}
          </FileButton>
          <p className={styles.quiet}>{words.about}</p>
        </>
      )}
      {upload.refused && upload.refused.name !== 'AbortError' && (
        <div role="alert" className={styles.refused}>
          <TroubleLine thrown={upload.refused} />
        </div>
      )}
    </section>
  )
}

function OnItsWay({ upload: { file, sentBytes, startedAt, cancel } }: { upload: Upload }) {
  if (file === undefined) return null
  const isSent = sentBytes >= file.size
  const pace = paceOf({ done: sentBytes, total: file.size, ms: Date.now() - startedAt })
  return (
    <div className={styles.way} role="status">
      <p>{isSent ? words.looking(file.name) : words.sending(file.name)}</p>
      <Progress
        value={isSent ? 100 : (100 * sentBytes) / file.size}
        striped={isSent}
        animated={isSent}
        aria-label={words.sending(file.name)}
      />
      <p className={styles.quiet}>
        {texts.upload.progress(formatSize(sentBytes), formatSize(file.size))}
        {pace && !isSent && (
          <>
            {', '}
            {texts.upload.pace(formatSize(pace.perSecond), formatDuration(pace.leftMs))}
          </>
        )}
      </p>
      <Button size="compact-sm" variant="default" onClick={cancel}>
        {texts.cancel}
      </Button>
    </div>
  )
}
