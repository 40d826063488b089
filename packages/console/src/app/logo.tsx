/** Four stones, the last one just being set. */
export function Logo({ size = 24 }: { size?: number }) {
  return (
    <svg aria-hidden="true" width={size} height={size} viewBox="0 0 32 32">
      <rect x="3" y="3" width="12" height="12" rx="2.5" fill="var(--t-stone-profile)" />
      <rect x="17" y="3" width="12" height="12" rx="2.5" fill="var(--t-stone-insight)" />
      <rect x="3" y="17" width="12" height="12" rx="2.5" fill="var(--t-stone-model)" />
      <rect
        x="17"
        y="17"
        width="12"
        height="12"
        rx="2.5"
        fill="var(--t-stone-segment)"
        transform="rotate(9 23 23)"
      />
    </svg>
  )
}
