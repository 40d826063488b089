import { useQuery } from '@tanstack/react-query'
import { definitionQuery } from '../../../lib/definitions.ts'
import { texts } from '../../../lib/texts.ts'
import { Answer } from '../../../ui/answer.tsx'
import { DefinitionEditor } from '../../../ui/definition-editor.tsx'
import type { RulesetAddress } from '../address.ts'
import { identityKey } from '../api/identity.ts'
import { RulesetForm } from './ruleset-form.tsx'

const renews = [identityKey]

/** The rules, to be changed as a form or as text. */
export function EditorPart({
  ruleset,
  address,
  go,
}: {
  ruleset: string
  address: RulesetAddress
  go: (address: RulesetAddress) => void
}) {
  const published = useQuery(definitionQuery('ruleset', ruleset))
  return (
    <Answer query={published} height={520}>
      {(found) => (
        <DefinitionEditor
          published={found}
          title={texts.identity.tabs.rules}
          view={address.view ?? 'form'}
          onView={(view) => go({ tab: 'rules', ...(view === 'form' ? {} : { view }) })}
          renews={renews}
          form={(props) => <RulesetForm {...props} />}
        />
      )}
    </Answer>
  )
}
