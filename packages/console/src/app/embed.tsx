import { MantineProvider } from '@mantine/core'
import { QueryClientProvider } from '@tanstack/react-query'
import {
  createRootRoute,
  createRoute,
  createRouter,
  Outlet,
  RouterProvider,
} from '@tanstack/react-router'
import { readAddress, writeAddress } from '../lib/address.ts'
import { useCell } from '../lib/cell.ts'
import { embedded } from '../lib/embedded.ts'
import { queryClient } from '../lib/query-client.ts'
import { signedOutBecause, token } from '../lib/session.ts'
import { texts } from '../lib/texts.ts'
import { EmptyState } from '../ui/empty-state.tsx'
import { customerPage, customersPage, customerWhyPage } from './customer-pages.ts'
import styles from './embed.module.css'
import { BrokenPage, ComingPage } from './fallbacks.tsx'
import { colourNames, theme } from './theme.ts'

// The pages of customers, and nothing else, at the same addresses below the one of the token.
const root = createRootRoute({ component: Frame })

const customers = createRoute({ getParentRoute: () => root, ...customersPage })

const customer = createRoute({ getParentRoute: () => root, ...customerPage })

const customerWhy = createRoute({ getParentRoute: () => root, ...customerWhyPage })

const router = createRouter({
  routeTree: root.addChildren([customers, customer, customerWhy]),
  basepath: embedded?.base ?? '/',
  parseSearch: readAddress,
  stringifySearch: writeAddress,
  defaultErrorComponent: BrokenPage,
  defaultPendingComponent: ComingPage,
})

/** Customers in another tool's window: what its token may see, and no way to anywhere else. */
export function EmbeddedApp() {
  return (
    <MantineProvider theme={theme} cssVariablesResolver={colourNames} defaultColorScheme="auto">
      <QueryClientProvider client={queryClient}>
        <Gate />
      </QueryClientProvider>
    </MantineProvider>
  )
}

function Gate() {
  const given = useCell(token)
  const because = useCell(signedOutBecause)
  // The address says which pages may embed, so it has to be the one of the very token.
  if (given.startsWith(`tessera_${embedded?.token}_`)) return <RouterProvider router={router} />
  return (
    <main className={styles.refused}>
      <EmptyState icon="alert" title={texts.embed.title}>
        {because === '' ? texts.embed.none : because}
      </EmptyState>
    </main>
  )
}

function Frame() {
  return (
    <main id="contents">
      <Outlet />
    </main>
  )
}
