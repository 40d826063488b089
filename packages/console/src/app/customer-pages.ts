import { lazyRouteComponent } from '@tanstack/react-router'
import { readCustomerAddress, readCustomersAddress } from '../features/profiles/address.ts'

/** The search for customers, at the same address in the console and in another tool's window. */
export const customersPage = {
  path: '/customers',
  validateSearch: readCustomersAddress,
  component: lazyRouteComponent(
    () => import('../features/profiles/list-page.tsx'),
    'CustomersPage',
  ),
} as const

/** The page of one customer, in both. */
export const customerPage = {
  path: '/customers/$id',
  validateSearch: readCustomerAddress,
  component: lazyRouteComponent(
    () => import('../features/profiles/profile-page.tsx'),
    'CustomerPage',
  ),
} as const

/** Why a customer is in a segment, in both. */
export const customerWhyPage = {
  path: '/customers/$id/why/$segment',
  component: lazyRouteComponent(() => import('../features/profiles/why-page.tsx'), 'StayWhyPage'),
} as const
