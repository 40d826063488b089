/** What the palette says. */
export const paletteTexts = {
  open: 'Go anywhere (Ctrl+K)',
  title: 'Go anywhere',
  hint: 'A page, a customer, a segment, a stream …',
  results: 'What was found',
  pages: 'Pages',
  customers: 'Customers',
  none: 'Nothing was found.',
  keys: 'Arrows choose, Enter opens, Esc closes',
  kinds: {
    stream: 'Stream',
    connection: 'Connection',
    mapping: 'Mapping',
    model_object: 'Model object',
    ruleset: 'Ruleset',
    insight: 'Insight',
    segment: 'Segment',
    destination: 'Destination',
    activation: 'Activation',
    action: 'Action',
  },
}
