import { Tabs } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { formatCount } from '../../lib/format.ts'
import { nodesQuery } from '../../lib/jobs.ts'
import { type ModelObjectFacts, type WholeModel, wholeModelQuery } from '../../lib/model.ts'
import { texts } from '../../lib/texts.ts'
import { Answer } from '../../ui/answer.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { Facts } from '../../ui/facts.tsx'
import { Page, Panel } from '../../ui/page.tsx'
import { objectTabs } from './address.ts'
import { relationsOf } from './layout.ts'
import { FieldsPart } from './parts/fields-part.tsx'
import styles from './parts/model.module.css'
import { RowsPart } from './parts/rows-part.tsx'

const words = texts.model.object
const route = getRouteApi('/model/$object')

/** One object of the model: its fields with where each comes from and goes to, its relations, its rows. */
export function ObjectPage(): ReactNode {
  const { object: key } = route.useParams()
  const model = useQuery(wholeModelQuery)
  const object = model.data?.objects.find((of) => of.key === key)
  return (
    <Page
      title={object?.label ?? key}
      about={object?.about}
      back={{ to: '/model', label: texts.model.title }}
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

function Found({ object, model }: { object: ModelObjectFacts; model: WholeModel }) {
  const { tab = 'fields' } = route.useSearch()
  const navigate = route.useNavigate()
  const open = (name: string | null) =>
    void navigate({ search: name === 'rows' ? { tab: 'rows' } : {}, replace: true })
  return (
    <>
      <Relations object={object} model={model} />
      <Panel flush="flush">
        <Tabs value={tab} onChange={open} keepMounted={false}>
          <Tabs.List className={styles.tabs}>
            {objectTabs.map((name) => (
              <Tabs.Tab key={name} value={name}>
                {words.tabs[name]}
              </Tabs.Tab>
            ))}
          </Tabs.List>
          <Tabs.Panel value="fields">
            <FieldsPart object={object} />
          </Tabs.Panel>
          <Tabs.Panel value="rows">
            <RowsPart object={object} />
          </Tabs.Panel>
        </Tabs>
      </Panel>
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
          [words.rowsNow, node ? formatCount(node.counts['rows'] ?? 0) : texts.model.notFilled],
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
