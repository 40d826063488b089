import { MantineProvider } from '@mantine/core'
import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { useCell } from '../lib/cell.ts'
import { queryClient } from '../lib/query-client.ts'
import { token } from '../lib/session.ts'
import { router } from './router.tsx'
import { SignIn } from './sign-in.tsx'
import { colourNames, theme } from './theme.ts'

/** The console: its providers, and the door for whoever is not signed in. */
export function App() {
  const isSignedIn = useCell(token) !== ''
  return (
    <MantineProvider theme={theme} cssVariablesResolver={colourNames} defaultColorScheme="auto">
      <QueryClientProvider client={queryClient}>
        {isSignedIn ? <RouterProvider router={router} /> : <SignIn />}
      </QueryClientProvider>
    </MantineProvider>
  )
}
