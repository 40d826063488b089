import { Checkbox, TextInput } from '@mantine/core'
import { texts } from '../../../lib/texts.ts'
import { troubleWith } from '../keys.ts'

const words = texts.sources

/** A key that must be free, unless somebody says that the definition that has it is meant. */
export function KeyField({
  label,
  about,
  value,
  taken,
  meant,
  isOwn,
  onChange,
  onMean,
}: {
  label: string
  about: string
  value: string
  taken: readonly string[]
  /** The key of the definition that is to be changed. */
  meant: string | undefined
  /** It was defined here a moment ago. */
  isOwn: boolean
  onChange: (key: string) => void
  onMean: (key: string | undefined) => void
}) {
  const trouble = troubleWith(value, { taken, meant: isOwn ? value : meant })
  return (
    <div>
      <TextInput
        size="xs"
        label={label}
        description={about}
        inputWrapperOrder={['label', 'input', 'error', 'description']}
        value={value}
        error={trouble && words.keyTroubles[trouble](value)}
        onChange={(event) => onChange(event.currentTarget.value)}
        spellCheck={false}
      />
      {taken.includes(value) && !isOwn && (
        <Checkbox
          size="xs"
          mt={6}
          label={words.mean(value)}
          checked={value === meant}
          onChange={(event) => onMean(event.currentTarget.checked ? value : undefined)}
        />
      )}
    </div>
  )
}
