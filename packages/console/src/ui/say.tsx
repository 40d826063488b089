/** A sentence in which words between backticks are shown as code. */
export function Say({ text }: { text: string }) {
  return text.split('`').map((part, i) => {
    const key = `${i} ${part}`
    return i % 2 === 1 ? <code key={key}>{part}</code> : <span key={key}>{part}</span>
  })
}
