import { Button, Popover, TextInput } from '@mantine/core'
import { type FormEvent, type ReactNode, useId, useState } from 'react'
import { texts } from '../lib/texts.ts'
import styles from './reason-form.module.css'

const words = texts.identity

/** A box for the reason, without which nothing is decided. */
export function WhyBox({
  value,
  onChange,
  isMissing = false,
}: {
  value: string
  onChange: (why: string) => void
  isMissing?: boolean
}) {
  return (
    <TextInput
      className={styles.box}
      size="xs"
      aria-label={words.why}
      placeholder={`${words.why}: ${words.whyHint.toLowerCase()}`}
      value={value}
      maxLength={2000}
      error={isMissing ? words.whyNeeded : undefined}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  )
}

/** One thing that can be decided, with its reason: what it means stands above. */
export function DecideForm({
  about,
  button,
  isBusy,
  children,
  onDecide,
}: {
  about: string
  button: string
  isBusy: boolean
  children?: ReactNode
  onDecide: (why: string) => void
}) {
  const [why, setWhy] = useState('')
  const [isMissing, setMissing] = useState(false)
  const said = useId()
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setMissing(why.trim() === '')
    if (why.trim() !== '') onDecide(why.trim())
  }
  return (
    <form className={styles.form} onSubmit={submit} aria-describedby={said}>
      <p id={said} className={styles.about}>
        {about}
      </p>
      {children}
      <div className={styles.row}>
        <WhyBox value={why} onChange={setWhy} isMissing={isMissing && why.trim() === ''} />
        <Button type="submit" size="xs" loading={isBusy}>
          {button}
        </Button>
      </div>
    </form>
  )
}

/** A button that asks for a reason before it does what it says. */
export function ReasonButton({
  label,
  name,
  about,
  button,
  isBusy,
  onDecide,
}: {
  label: string
  /** What it is called where several of them stand beside each other. */
  name?: string
  about: string
  button: string
  isBusy: boolean
  onDecide: (why: string) => void
}) {
  const [isAsking, setAsking] = useState(false)
  return (
    <Popover opened={isAsking} onChange={setAsking} trapFocus returnFocus withArrow width={330}>
      <Popover.Target>
        <Button
          size="compact-xs"
          variant="default"
          aria-label={name}
          onClick={() => setAsking(!isAsking)}
        >
          {label}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <DecideForm
          about={about}
          button={button}
          isBusy={isBusy}
          onDecide={(why) => {
            setAsking(false)
            onDecide(why)
          }}
        />
      </Popover.Dropdown>
    </Popover>
  )
}
