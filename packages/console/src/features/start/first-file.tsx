import { useNavigate } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { texts } from '../../lib/texts.ts'
import { FileStep } from './parts/file-step.tsx'
import styles from './parts/start.module.css'
import { Step } from './parts/step.tsx'

const words = texts.start

/** What an empty house shows: the first step, where a file is taken in, and those that will follow. */
export function FirstFile(): ReactNode {
  const navigate = useNavigate()
  const later = Object.values(words.steps).slice(1)
  return (
    <ol className={styles.steps} aria-label={words.title}>
      <Step number={1} title={words.steps.file} standing="now">
        <FileStep
          stream={undefined}
          imported={undefined}
          onTaken={({ stream, job }) => void navigate({ to: '/start', search: { stream, job } })}
          onUndone={() => Promise.resolve()}
        />
      </Step>
      {later.map((title, i) => (
        <Step key={title} number={i + 2} title={title} standing="later" />
      ))}
    </ol>
  )
}
