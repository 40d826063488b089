import { ActionIcon, Tooltip, useComputedColorScheme, useMantineColorScheme } from '@mantine/core'
import { useHotkeys } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { Link, Outlet } from '@tanstack/react-router'
import { lazy, Suspense, useState } from 'react'
import { useCell } from '../lib/cell.ts'
import { connection } from '../lib/connection.ts'
import { healthQuery, useFailing } from '../lib/health.ts'
import { forgetKept } from '../lib/kept.ts'
import { queryClient } from '../lib/query-client.ts'
import { signOut } from '../lib/session.ts'
import { texts } from '../lib/texts.ts'
import { Icon } from '../ui/icons.tsx'
import { Logo } from './logo.tsx'
import styles from './shell.module.css'

const places = [
  { to: '/', label: texts.rooms.flow, icon: 'flow' },
  { to: '/streams', label: texts.rooms.streams, icon: 'stream' },
  { to: '/events', label: texts.rooms.events, icon: 'pulse' },
  { to: '/model', label: texts.rooms.model, icon: 'model' },
  { to: '/identity', label: texts.rooms.identity, icon: 'identity' },
  { to: '/customers', label: texts.rooms.customers, icon: 'people' },
  { to: '/insights', label: texts.rooms.insights, icon: 'insight' },
  { to: '/segments', label: texts.rooms.segments, icon: 'segment' },
  { to: '/activations', label: texts.rooms.activations, icon: 'activation' },
  { to: '/actions', label: texts.rooms.actions, icon: 'action' },
  { to: '/decisions', label: texts.rooms.decisions, icon: 'offer' },
  { to: '/explore', label: texts.rooms.explore, icon: 'search' },
  { to: '/operations', label: texts.rooms.operations, icon: 'gauge' },
] as const

const names = texts.palette.places
const everywhere = [
  ...places,
  { to: '/start', label: names.start },
  { to: '/connect', label: names.connect },
  { to: '/senders', label: names.senders },
  { to: '/model-new', label: names.newObject },
  { to: '/insight-new', label: names.newInsight },
  { to: '/segment-new', label: names.newSegment },
  { to: '/segment-overlap', label: names.compare },
  { to: '/new-activation', label: names.newActivation },
  { to: '/new-destination', label: names.newDestination },
  { to: '/new-action', label: names.newAction },
  { to: '/new-decision', label: names.newDecision },
]

/** What stands around every page: where one can go, and whether the server answers. */
export function Shell() {
  return (
    <div className={styles.shell}>
      <a href="#contents" className={styles.skip}>
        {texts.skip}
      </a>
      <header className={styles.rail}>
        <Link to="/" className={styles.brand} aria-label={texts.product}>
          <Logo size={28} />
          <span className={styles.brandName}>{texts.product}</span>
        </Link>
        <nav className={styles.nav} aria-label={texts.navigation}>
          {places.map(({ to, label, icon }) => (
            <Link
              key={to}
              to={to}
              className={styles.place}
              activeOptions={{ exact: to === '/', includeSearch: false }}
            >
              <Icon name={icon} size={19} />
              <span>{label}</span>
            </Link>
          ))}
        </nav>
        <div className={styles.tools}>
          <GoAnywhere />
          <SchemeSwitch />
          <SignOut />
        </div>
      </header>
      <main id="contents" className={styles.contents} tabIndex={-1}>
        <ConnectionLine />
        <Outlet />
      </main>
    </div>
  )
}

function ConnectionLine() {
  // Also a page that asks for nothing more has to notice when the server goes away.
  useQuery(healthQuery)
  const answers = useCell(connection)
  const isFailing = useFailing()
  const state = answers === 'well' && isFailing ? 'failing' : answers
  return (
    <div role="status">
      {state !== 'well' && (
        <p className={styles.line} data-state={state}>
          <Icon name="alert" size={15} />
          {texts.connection[state]}
        </p>
      )}
    </div>
  )
}

const Palette = lazy(() =>
  import('../features/palette/palette.tsx').then((of) => ({ default: of.Palette })),
)

/** The palette: a button, and Ctrl+K from wherever one is. */
function GoAnywhere() {
  const [isOpen, setOpen] = useState(false)
  useHotkeys([['mod+K', () => setOpen(true)]], [])
  return (
    <>
      <Tool label={texts.palette.open} onClick={() => setOpen(true)}>
        <Icon name="search" size={18} />
      </Tool>
      {isOpen && (
        <Suspense>
          <Palette places={everywhere} onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  )
}

function SchemeSwitch() {
  const { setColorScheme } = useMantineColorScheme()
  const scheme = useComputedColorScheme('light')
  const other = scheme === 'dark' ? 'light' : 'dark'
  const label = other === 'dark' ? texts.scheme.toDark : texts.scheme.toLight
  return (
    <Tool label={label} onClick={() => setColorScheme(other)}>
      <Icon name={other === 'dark' ? 'moon' : 'sun'} size={18} />
    </Tool>
  )
}

function SignOut() {
  const leave = () => {
    queryClient.clear()
    forgetKept()
    signOut()
  }
  return (
    <Tool label={texts.signOut} onClick={leave}>
      <Icon name="leave" size={18} />
    </Tool>
  )
}

function Tool({
  label,
  onClick,
  children,
}: {
  label: string
  onClick: () => void
  children: React.ReactNode
}) {
  return (
    <Tooltip label={label} position="right" openDelay={400}>
      <ActionIcon variant="subtle" color="gray" size="lg" aria-label={label} onClick={onClick}>
        {children}
      </ActionIcon>
    </Tooltip>
  )
}
