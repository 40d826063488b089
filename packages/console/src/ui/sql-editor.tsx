import { Portal } from '@mantine/core'
import {
  type KeyboardEvent,
  type Ref,
  useId,
  useImperativeHandle,
  useMemo,
  useRef,
  useState,
} from 'react'
import { texts } from '../lib/texts.ts'
import styles from './sql-editor.module.css'
import {
  type Completion,
  type Completions,
  completionsAt,
  lineAndColumnIn,
  piecesOf,
  type SqlCatalogue,
  spanAt,
} from './sql-words.ts'

const words = texts.sql

/** Something that is wrong with a text; `at` is the place as the server names it. */
export interface SqlProblem {
  readonly at: string
  readonly say: string
}

/** Writes into the text of an editor. */
export interface SqlControl {
  /** Puts a text where the caret stands. */
  readonly insert: (text: string) => void
}

/**
 * A text of SQL: numbered lines, colours, what fits next (Ctrl+Space asks for it), and every mistake at its place.
 * Ctrl+Enter runs it. The tabulator leaves the field unless something is offered.
 */
export function SqlEditor({
  label,
  value,
  onChange,
  catalogue,
  problems = [],
  onRun,
  control,
  fewestLines = 8,
}: {
  label: string
  value: string
  onChange: (text: string) => void
  catalogue: SqlCatalogue
  problems?: readonly SqlProblem[]
  onRun?: () => void
  /** The means to write into the text from outside. */
  control?: Ref<SqlControl>
  fewestLines?: number
}) {
  const id = useId()
  const frame = useRef<HTMLDivElement>(null)
  const field = useRef<HTMLTextAreaElement>(null)
  const [offer, setOffer] = useState<Offer>()
  const close = () => setOffer(undefined)
  useImperativeHandle(control, () => ({
    insert: (text) => {
      if (field.current) write(field.current, field.current.selectionStart, text)
    },
  }))
  const look = (text: string, caret: number, asked?: 'asked') => {
    const found = completionsAt(text, caret, catalogue, asked)
    setOffer(found.of.length === 0 ? undefined : { ...found, caret, active: 0 })
  }
  const take = ({ insert }: Completion) => {
    if (field.current && offer) write(field.current, offer.from, insert)
    close()
  }
  const press = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    const { key, ctrlKey, metaKey, currentTarget } = event
    const hasControl = ctrlKey || metaKey
    if (hasControl && key === 'Enter' && onRun) return handled(event, onRun)
    if (hasControl && key === ' ')
      return handled(event, () => look(value, currentTarget.selectionStart, 'asked'))
    const act = offer && keysOfOffer(offer, { setOffer, take, close })[key]
    if (act) return handled(event, act)
    if (/^(Arrow|Home|End|Page)/.test(key)) close()
  }
  const bad = useMemo(() => placed(value, problems), [value, problems])
  const lines = value.split('\n').length
  return (
    <div className={styles.editor}>
      <div ref={frame} className={styles.frame} style={{ minHeight: `${fewestLines * 1.5}em` }}>
        <ol className={styles.gutter} aria-hidden="true">
          {Array.from({ length: lines }, (_, i) => (
            // Lines have no names but their numbers.
            <li key={i} data-bad={bad.some(({ line }) => line === i + 1)}>
              {i + 1}
            </li>
          ))}
        </ol>
        <div className={styles.sheet}>
          <Paint text={value} functions={catalogue.functions} bad={bad} />
          <textarea
            ref={field}
            className={styles.field}
            aria-label={label}
            aria-description={words.keys}
            aria-invalid={problems.length > 0}
            aria-autocomplete="list"
            aria-controls={offer && id}
            aria-activedescendant={offer && `${id}-${offer.active}`}
            value={value}
            onChange={({ currentTarget }) => {
              onChange(currentTarget.value)
              look(currentTarget.value, currentTarget.selectionStart)
            }}
            onKeyDown={press}
            onBlur={close}
            onClick={close}
            spellCheck={false}
            autoCapitalize="off"
            autoComplete="off"
          />
        </div>
      </div>
      {offer && (
        <Offered id={id} offer={offer} take={take} at={placeOfOffer(value, offer, frame.current)} />
      )}
      <Problems of={problems} />
    </div>
  )
}

interface Offer extends Completions {
  readonly caret: number
  readonly active: number
}

function keysOfOffer(
  offer: Offer,
  {
    setOffer,
    take,
    close,
  }: {
    setOffer: (offer: Offer) => void
    take: (one: Completion) => void
    close: () => void
  },
): Readonly<Record<string, () => void>> {
  const count = offer.of.length
  const move = (by: number) => setOffer({ ...offer, active: (offer.active + by + count) % count })
  const accept = () => {
    const one = offer.of[offer.active]
    if (one) take(one)
  }
  return {
    ArrowDown: () => move(1),
    ArrowUp: () => move(-1),
    Enter: accept,
    Tab: accept,
    Escape: close,
  }
}

function handled(event: KeyboardEvent, act: () => void): void {
  event.preventDefault()
  event.stopPropagation()
  act()
}

// The one way of writing into a field that the browser's own undo knows of.
function write(field: HTMLTextAreaElement, from: number, text: string): void {
  field.focus()
  field.setSelectionRange(from, field.selectionStart)
  document.execCommand('insertText', false, text)
}

interface Placed {
  readonly line: number
  readonly from: number
  readonly to: number
}

const placed = (text: string, problems: readonly SqlProblem[]): readonly Placed[] =>
  problems.flatMap(({ at }) => {
    const place = lineAndColumnIn(at)
    return place ? [{ line: place.line, ...spanAt(text, place) }] : []
  })

/** The text in its colours, below the one that is written. */
function Paint({
  text,
  functions,
  bad,
}: {
  text: string
  functions: readonly string[]
  bad: readonly Placed[]
}) {
  const known = useMemo(() => new Set(functions), [functions])
  let at = 0
  const cut = piecesOf(text, known).map((piece) => {
    const from = at
    at += piece.text.length
    const isBad = bad.some((of) => of.from < at && from < Math.max(of.to, of.from + 1))
    return { ...piece, from, isBad }
  })
  return (
    <pre className={styles.paint} aria-hidden="true">
      {cut.map(({ kind, text: piece, from, isBad }) => (
        <span key={from} data-kind={kind} data-bad={isBad && piece.trim() !== ''}>
          {piece}
        </span>
      ))}
      {'\n'}
    </pre>
  )
}

// A list hangs below the line of the caret, above everything else; it must not leave the window.
function placeOfOffer(text: string, { from }: Offer, frame: HTMLDivElement | null) {
  const { top = 0, left = 0 } = frame?.getBoundingClientRect() ?? {}
  const lines = text.slice(0, from).split('\n')
  const y = top - (frame?.scrollTop ?? 0)
  const x = left - (frame?.scrollLeft ?? 0)
  return {
    top: `min(calc(${y + 12}px + ${lines.length} * 1.5em), calc(100dvh - 240px))`,
    left: `min(calc(${x + 52}px + ${lines.at(-1)?.length ?? 0} * 1ch), calc(100vw - 290px))`,
  }
}

function Offered({
  id,
  offer,
  take,
  at,
}: {
  id: string
  offer: Offer
  take: (one: Completion) => void
  at: { readonly top: string; readonly left: string }
}) {
  return (
    <Portal>
      <div id={id} role="listbox" aria-label={words.offered} className={styles.offered} style={at}>
        {offer.of.map((one, i) => (
          <div
            key={`${one.kind} ${one.insert}`}
            id={`${id}-${i}`}
            role="option"
            tabIndex={-1}
            aria-selected={i === offer.active}
            className={styles.one}
            ref={i === offer.active ? intoView : undefined}
            // The field must not lose the caret.
            onMouseDown={(event) => {
              event.preventDefault()
              take(one)
            }}
          >
            <span className={styles.kind}>{words.kinds[one.kind]}</span>
            <span>{one.text}</span>
            <span className={styles.about}>{one.about}</span>
          </div>
        ))}
      </div>
    </Portal>
  )
}

const intoView = (of: HTMLElement | null) => of?.scrollIntoView({ block: 'nearest' })

function Problems({ of }: { of: readonly SqlProblem[] }) {
  return (
    <ul className={styles.problems} role="status">
      {of.map(({ at, say }) => (
        <li key={`${at} ${say}`}>
          {at !== '' && <code>{at}</code>} {say}
        </li>
      ))}
    </ul>
  )
}
