import type { CSSProperties } from 'react'

/** Hands a colour of the theme to a style sheet, which knows it as `--stone`. */
export function stoneColour(name: string): CSSProperties {
  // React passes custom properties on; its types do not know them.
  return { '--stone': `var(${name})` } as CSSProperties
}
