import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import type { GraphNode } from '@tessera/platform/contract'
import type { ReactNode } from 'react'
import { definitionsQuery } from '../../lib/definitions.ts'
import type { EditorView } from '../../lib/editor-views.ts'
import { formatCount } from '../../lib/format.ts'
import { nodesQuery } from '../../lib/jobs.ts'
import { type ModelObjectFacts, type WholeModel, wholeModelQuery } from '../../lib/model.ts'
import { texts } from '../../lib/texts.ts'
import { Answer } from '../../ui/answer.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { Facts } from '../../ui/facts.tsx'
import { Page, Panel } from '../../ui/page.tsx'
import { PageTabs } from '../../ui/page-tabs.tsx'
import { RemoveButton } from '../../ui/remove-definition.tsx'
import { type ObjectAddress, objectTabs } from './address.ts'
import { relationsOf } from './layout.ts'
import { DefinitionPart } from './parts/definition-part.tsx'
import { FieldsPart } from './parts/fields-part.tsx'
import { LineagePart } from './parts/lineage-part.tsx'
import styles from './parts/model.module.css'
import { RowsPart } from './parts/rows-part.tsx'

const words = texts.model.object
const route = getRouteApi('/model/$object')

/** One object of the model: its fields with where each comes from and goes to, its relations, its rows. */
export function ObjectPage(): ReactNode {
  const { object: key } = route.useParams()
  const model = useQuery(wholeModelQuery)
  const object = model.data?.objects.find((of) => of.key === key)
  const { data: own = [] } = useQuery(definitionsQuery('model_object'))
  const isOwn = own.some((of) => of.key === key)
  return (
    <Page
      title={object?.label ?? key}
      about={object?.about}
      back={{ to: '/model', label: texts.model.title }}
      actions={isOwn && object && <RemoveOwn object={object} />}
    >
      <Answer query={model} height={420}>
        {(found) =>
          object ? (
            <Found object={object} model={found} />
          ) : (
            <EmptyState icon="model" title={words.unknown(key)} />
          )
        }
      </Answer>
    </Page>
  )
}

/** Takes an object of one's own away, or all fields that were added to a standard one. */
function RemoveOwn({ object: { key, label, origin } }: { object: ModelObjectFacts }) {
  const name = origin === 'custom' ? label : texts.model.form.ownFieldsOf(label)
  return <RemoveButton kind="model_object" of={key} name={name} list="/model" />
}

/** What a part of the page is given. */
interface PartProps {
  readonly object: ModelObjectFacts
  readonly model: WholeModel
  readonly field: string | undefined
  readonly view: EditorView
  readonly go: (address: ObjectAddress) => void
}

// A further part is a word in the address, a title in the texts, and a line here.
const parts: Readonly<Record<(typeof objectTabs)[number], (props: PartProps) => ReactNode>> = {
  fields: ({ object, model }) => (
    <Panel flush="flush">
      <FieldsPart object={object} model={model.objects} />
    </Panel>
  ),
  rows: ({ object }) => (
    <Panel flush="flush">
      <RowsPart object={object} />
    </Panel>
  ),
  lineage: ({ object, model, field, go }) => (
    <Panel flush="flush">
      <LineagePart
        object={object}
        model={model.objects}
        field={field}
        onField={(name) => go({ tab: 'lineage', field: name })}
      />
    </Panel>
  ),
  definition: ({ object, model, view, go }) => (
    <DefinitionPart
      object={object}
      model={model}
      view={view}
      onView={(next) => go({ tab: 'definition', ...(next === 'form' ? {} : { view: next }) })}
    />
  ),
}

function Found({ object, model }: { object: ModelObjectFacts; model: WholeModel }) {
  const { tab = 'fields', field, view = 'form' } = route.useSearch()
  const navigate = route.useNavigate()
  const go = (search: ObjectAddress) => void navigate({ search, replace: true })
  return (
    <>
      <Relations object={object} model={model} />
      <PageTabs
        names={objectTabs}
        labels={words.tabs}
        tab={tab}
        onOpen={(name) => go(name === 'fields' ? {} : { tab: name })}
      >
        {(name) => parts[name]({ object, model, field, view, go })}
      </PageTabs>
    </>
  )
}

function Relations({ object, model }: { object: ModelObjectFacts; model: WholeModel }) {
  const { data: flow } = useQuery(nodesQuery)
  const node = flow?.nodes.find(({ key }) => key === `model:${object.key}`)
  const referring = relationsOf(model.objects).filter(({ to }) => to === object.key)
  const { subject_area: area, origin, category } = object
  return (
    <Panel>
      <Facts
        facts={[
          [words.areaFacts, model.subject_areas[area] ?? area],
          [words.category, category],
          [words.origin, words[origin]],
          [words.rowsNow, flow ? rowsIn(node) : texts.none],
          [
            words.referredBy,
            <span key="referred" className={styles.tags}>
              {referring.length === 0 && words.nobody}
              {referring.map(({ from }) => (
                <Link
                  key={from}
                  to="/model/$object"
                  params={{ object: from }}
                  className={styles.link}
                >
                  {from}
                </Link>
              ))}
            </span>,
          ],
        ]}
      />
    </Panel>
  )
}

const rowsIn = (node: GraphNode | undefined): string =>
  node ? formatCount(node.counts['rows'] ?? 0) : texts.model.notFilled
