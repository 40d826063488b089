import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { type ReactNode, useState } from 'react'
import { quotedField } from '../../lib/mapping.ts'
import { type Mapping, mappingsQuery } from '../../lib/mappings.ts'
import { wholeModelQuery } from '../../lib/model.ts'
import { isGone } from '../../lib/refusal.ts'
import { texts } from '../../lib/texts.ts'
import { Answer } from '../../ui/answer.tsx'
import { Page } from '../../ui/page.tsx'
import { Trouble } from '../../ui/trouble.tsx'
import { proposalQuery, streamQuery } from './api/mapping.ts'
import { withTarget } from './draft.ts'
import { AddTarget } from './parts/add-target.tsx'
import { FieldList } from './parts/field-list.tsx'
import styles from './parts/mapping.module.css'
import { SaveLine } from './parts/save-line.tsx'
import { SuggestionsPart } from './parts/suggestions-part.tsx'
import { TargetPart } from './parts/target-part.tsx'
import { suggestionsFor } from './suggest.ts'
import { useMapping } from './use-mapping.ts'

const words = texts.mapping
const route = getRouteApi('/mappings/$stream')

/** How the fields of one stream fill the model: drawn together by hand or by proposal, and seen on real rows at once. */
export function MappingPage(): ReactNode {
  const { stream } = route.useParams()
  const mappings = useQuery(mappingsQuery)
  return (
    <Page
      title={words.title(stream)}
      about={words.about}
      back={{ to: `/streams/${stream}`, label: texts.streams.title }}
    >
      <Answer query={mappings} height={420}>
        {(all) => (
          <Work stream={stream} published={all.find(({ body }) => body.stream === stream)} />
        )}
      </Answer>
    </Page>
  )
}

function Work({ stream: key, published }: { stream: string; published: Mapping | undefined }) {
  const stream = useQuery(streamQuery(key))
  const { data: model } = useQuery(wholeModelQuery)
  const { data: proposal } = useQuery(proposalQuery(key))
  const mapped = useMapping(key, published)
  const [chosen, setChosen] = useState<string>()
  const { draft, preview } = mapped
  const fields = stream.data?.fields ?? []
  const objects = model?.objects ?? []
  const proposed = proposal?.mapping
  const suggestions = suggestionsFor(draft, { fields, objects, proposed })
  const first = fields[0]?.name
  if (isGone(stream.error)) return <Trouble thrown={stream.error} />
  return (
    <>
      <SaveLine mapped={mapped} />
      <div className={styles.columns}>
        <Answer query={stream} height={320}>
          {() => (
            <FieldList
              fields={fields}
              draft={draft}
              example={preview?.source[0]}
              chosen={chosen}
              onChoose={(name) => setChosen(name === chosen ? undefined : name)}
            />
          )}
        </Answer>
        <div className={styles.targets}>
          <SuggestionsPart
            draft={draft}
            suggestions={suggestions}
            proposed={draft.objects.length === 0 ? proposed : undefined}
            isAsked={proposal !== undefined}
            onWrite={mapped.write}
          />
          {draft.objects.map((target, i) => (
            <TargetPart
              // An object may be filled twice.
              key={`${i} ${target.object}`}
              index={i}
              target={target}
              object={objects.find((of) => of.key === target.object)}
              chosen={chosen}
              mapped={mapped}
              onConnected={() => setChosen(undefined)}
            />
          ))}
          <AddTarget
            objects={objects}
            onAdd={(object) => mapped.write(withTarget(draft, object, quotedField(first ?? 'id')))}
          />
        </div>
      </div>
    </>
  )
}
