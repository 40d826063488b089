import '@mantine/core/styles.layer.css'
import './app/base.css'
import { lazy, StrictMode, Suspense } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './app/app.tsx'
import { embedded } from './lib/embedded.ts'
import { takeTokenFromAddress } from './lib/session.ts'

// Before the router looks at the address.
takeTokenFromAddress()
window.addEventListener('hashchange', takeTokenFromAddress)

const Embedded = lazy(() => import('./app/embed.tsx').then((of) => ({ default: of.EmbeddedApp })))

const place = document.getElementById('root')
if (!place) throw new Error('index.html has no element with the id "root"')
createRoot(place).render(
  <StrictMode>
    <Suspense>{embedded ? <Embedded /> : <App />}</Suspense>
  </StrictMode>,
)
