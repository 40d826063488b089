import { type CSSVariablesResolver, createTheme } from '@mantine/core'

const numbers = '"tnum" 1, "lnum" 1'

/** Colours, sizes and type of the console. */
export const theme = createTheme({
  primaryColor: 'lapis',
  primaryShade: { light: 7, dark: 6 },
  defaultRadius: 'sm',
  cursorType: 'pointer',
  fontFamily:
    'Inter, ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif',
  fontFamilyMonospace: 'ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace',
  headings: { fontWeight: '600', sizes: { h1: { fontSize: '1.25rem', lineHeight: '1.3' } } },
  colors: {
    lapis: [
      '#eef3fb',
      '#dbe5f5',
      '#b6cbea',
      '#8fafe0',
      '#7099da',
      '#5f8cd8',
      '#4373c5',
      '#3663b5',
      '#2b5199',
      '#1f3f7d',
    ],
    gray: [
      '#f8f8f6',
      '#f1f1ee',
      '#e6e6e1',
      '#dadad4',
      '#c6c6bf',
      '#a3a39b',
      '#73746e',
      '#4d4e4a',
      '#363733',
      '#21221f',
    ],
    dark: [
      '#dde1e6',
      '#b9c0ca',
      '#929ba8',
      '#6b7582',
      '#38414d',
      '#2c343e',
      '#222931',
      '#1a1f26',
      '#13171c',
      '#0e1115',
    ],
  },
})

// The colours of a mosaic: one stone for each kind of node, and one for each state.
const light = {
  '--mantine-color-body': '#f6f6f3',
  '--t-surface': '#ffffff',
  '--t-raised': '#fbfbf9',
  '--t-line': '#e4e4de',
  '--t-line-strong': '#cfcfc7',
  '--t-text': '#1f2328',
  '--t-quiet': '#5f636a',
  '--t-good': '#23724a',
  '--t-wait': '#8a5a08',
  '--t-busy': '#3663b5',
  '--t-bad': '#b8352d',
  '--t-none': '#a3a39b',
  '--t-stone-stream': '#57779f',
  '--t-stone-model': '#1f8a80',
  '--t-stone-identity': '#7d5fb8',
  '--t-stone-profile': '#3663b5',
  '--t-stone-insight': '#b5780f',
  '--t-stone-segment': '#c2543c',
  '--t-stone-activation': '#4d782a',
  '--t-stone-other': '#7c7d77',
}

const dark: typeof light = {
  '--mantine-color-body': '#13171c',
  '--t-surface': '#1a1f26',
  '--t-raised': '#1f252d',
  '--t-line': '#2a313b',
  '--t-line-strong': '#3d4754',
  '--t-text': '#e2e6ea',
  '--t-quiet': '#98a1ad',
  '--t-good': '#57b884',
  '--t-wait': '#e0aa4a',
  '--t-busy': '#7ea6ea',
  '--t-bad': '#f0776c',
  '--t-none': '#6b7582',
  '--t-stone-stream': '#86a7d0',
  '--t-stone-model': '#45b8ab',
  '--t-stone-identity': '#ab90e0',
  '--t-stone-profile': '#7099da',
  '--t-stone-insight': '#e0aa4a',
  '--t-stone-segment': '#e5826b',
  '--t-stone-activation': '#8dbb63',
  '--t-stone-other': '#98a1ad',
}

/** The names by which style sheets know the colours, in light and dark. */
export const colourNames: CSSVariablesResolver = () => ({
  variables: { '--t-numbers': numbers },
  light: {
    ...light,
    '--mantine-color-text': light['--t-text'],
    '--mantine-color-dimmed': light['--t-quiet'],
    '--mantine-color-error': light['--t-bad'],
  },
  dark: {
    ...dark,
    '--mantine-color-text': dark['--t-text'],
    '--mantine-color-dimmed': dark['--t-quiet'],
    '--mantine-color-error': dark['--t-bad'],
  },
})
