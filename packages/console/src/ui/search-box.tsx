import { CloseButton, Kbd, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { useEffect, useRef, useState } from 'react'
import { texts } from '../lib/texts.ts'
import { Icon } from './icons.tsx'

/** A box that searches as one types; the key `/` leads to it. */
export function SearchBox({
  value,
  onSearch,
  label,
  hint,
  width = 280,
  size = 'sm',
}: {
  value: string
  onSearch: (text: string) => void
  label: string
  hint: string
  width?: number | string
  size?: 'sm' | 'md'
}) {
  const box = useRef<HTMLInputElement>(null)
  const [typed, setTyped] = useState(value)
  const [sent, setSent] = useState(value)
  const search = useDebouncedCallback((text: string) => {
    setSent(text)
    onSearch(text)
  }, 180)
  // The address changed by itself: the back button, or a link.
  if (value !== sent) {
    setSent(value)
    setTyped(value)
  }
  useSlash(box)
  const change = (text: string) => {
    setTyped(text)
    search(text)
  }
  const clear = <CloseButton size="sm" aria-label={texts.search.clear} onClick={() => change('')} />
  return (
    <TextInput
      ref={box}
      type="text"
      role="searchbox"
      size={size}
      w={width}
      maw="100%"
      value={typed}
      onChange={(event) => change(event.currentTarget.value)}
      onKeyDown={(event) => event.key === 'Escape' && change('')}
      aria-label={label}
      placeholder={hint}
      leftSection={<Icon name="search" />}
      rightSection={typed === '' ? <Kbd size="xs">/</Kbd> : clear}
      autoComplete="off"
      spellCheck={false}
    />
  )
}

function useSlash(box: React.RefObject<HTMLInputElement | null>) {
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (event.key !== '/' || event.ctrlKey || event.metaKey || isTyping(event.target)) return
      event.preventDefault()
      box.current?.focus()
    }
    document.addEventListener('keydown', listen)
    return () => document.removeEventListener('keydown', listen)
  }, [box])
}

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && target.matches('input, textarea, select, [contenteditable]')
