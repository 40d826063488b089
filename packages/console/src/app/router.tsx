import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
} from '@tanstack/react-router'
import {
  readActionAddress,
  readActionsAddress,
  readNewActionAddress,
} from '../features/actions/address.ts'
import {
  readActivationAddress,
  readActivationsAddress,
  readNewActivationAddress,
  readViewAddress,
} from '../features/activation/address.ts'
import { readEventsAddress, readSendersAddress } from '../features/collect/address.ts'
import {
  readDecisionAddress,
  readDecisionsAddress,
  readNewDecisionAddress,
} from '../features/decisions/address.ts'
import { readExploreAddress } from '../features/explore/address.ts'
import { readFlowAddress } from '../features/flow/address.ts'
import {
  readClusterAddress,
  readRulesetAddress,
  readRulesetsAddress,
} from '../features/identity/address.ts'
import {
  readInsightAddress,
  readInsightsAddress,
  readNewInsightAddress,
} from '../features/insights/address.ts'
import {
  readModelAddress,
  readNewObjectAddress,
  readObjectAddress,
} from '../features/model/address.ts'
import { readOperationsAddress } from '../features/operations/address.ts'
import {
  readNewSegmentAddress,
  readOverlapAddress,
  readSegmentAddress,
  readSegmentsAddress,
} from '../features/segments/address.ts'
import { readConnectAddress } from '../features/sources/address.ts'
import { readStartAddress } from '../features/start/address.ts'
import { readStreamAddress, readStreamsAddress } from '../features/streams/address.ts'
import { readAddress, writeAddress } from '../lib/address.ts'
import { customerPage, customersPage, customerWhyPage } from './customer-pages.ts'
import { BrokenPage, ComingPage, NotFoundPage } from './fallbacks.tsx'
import { Shell } from './shell.tsx'

const root = createRootRoute({ component: Shell, notFoundComponent: NotFoundPage })

const flow = createRoute({
  getParentRoute: () => root,
  path: '/',
  validateSearch: readFlowAddress,
  component: lazyRouteComponent(() => import('./home.tsx'), 'HomePage'),
})

const start = createRoute({
  getParentRoute: () => root,
  path: '/start',
  validateSearch: readStartAddress,
  component: lazyRouteComponent(() => import('../features/start/start-page.tsx'), 'StartPage'),
})

const streams = createRoute({
  getParentRoute: () => root,
  path: '/streams',
  validateSearch: readStreamsAddress,
  component: lazyRouteComponent(() => import('../features/streams/list-page.tsx'), 'StreamsPage'),
})

const stream = createRoute({
  getParentRoute: () => root,
  path: '/streams/$key',
  validateSearch: readStreamAddress,
  component: lazyRouteComponent(() => import('../features/streams/stream-page.tsx'), 'StreamPage'),
})

const connect = createRoute({
  getParentRoute: () => root,
  path: '/connect',
  validateSearch: readConnectAddress,
  component: lazyRouteComponent(
    () => import('../features/sources/connect-page.tsx'),
    'ConnectPage',
  ),
})

const model = createRoute({
  getParentRoute: () => root,
  path: '/model',
  validateSearch: readModelAddress,
  component: lazyRouteComponent(() => import('../features/model/model-page.tsx'), 'ModelPage'),
})

const modelObject = createRoute({
  getParentRoute: () => root,
  path: '/model/$object',
  validateSearch: readObjectAddress,
  component: lazyRouteComponent(() => import('../features/model/object-page.tsx'), 'ObjectPage'),
})

const newObject = createRoute({
  getParentRoute: () => root,
  path: '/model-new',
  validateSearch: readNewObjectAddress,
  component: lazyRouteComponent(
    () => import('../features/model/new-object-page.tsx'),
    'NewObjectPage',
  ),
})

const mapping = createRoute({
  getParentRoute: () => root,
  path: '/mappings/$stream',
  component: lazyRouteComponent(
    () => import('../features/mapping/mapping-page.tsx'),
    'MappingPage',
  ),
})

const events = createRoute({
  getParentRoute: () => root,
  path: '/events',
  validateSearch: readEventsAddress,
  component: lazyRouteComponent(() => import('../features/collect/events-page.tsx'), 'EventsPage'),
})

const senders = createRoute({
  getParentRoute: () => root,
  path: '/senders',
  validateSearch: readSendersAddress,
  component: lazyRouteComponent(
    () => import('../features/collect/senders-page.tsx'),
    'SendersPage',
  ),
})

const rulesets = createRoute({
  getParentRoute: () => root,
  path: '/identity',
  validateSearch: readRulesetsAddress,
  component: lazyRouteComponent(() => import('../features/identity/list-page.tsx'), 'RulesetsPage'),
})

const ruleset = createRoute({
  getParentRoute: () => root,
  path: '/identity/$ruleset',
  validateSearch: readRulesetAddress,
  component: lazyRouteComponent(
    () => import('../features/identity/ruleset-page.tsx'),
    'RulesetPage',
  ),
})

const cluster = createRoute({
  getParentRoute: () => root,
  path: '/identity/$ruleset/profiles/$id',
  validateSearch: readClusterAddress,
  component: lazyRouteComponent(
    () => import('../features/identity/cluster-page.tsx'),
    'ClusterPage',
  ),
})

const customers = createRoute({ getParentRoute: () => root, ...customersPage })

const customer = createRoute({ getParentRoute: () => root, ...customerPage })

const customerWhy = createRoute({ getParentRoute: () => root, ...customerWhyPage })

const related = createRoute({
  getParentRoute: () => root,
  path: '/related/$object/$record',
  component: lazyRouteComponent(() => import('../features/profiles/group-page.tsx'), 'GroupPage'),
})

const segments = createRoute({
  getParentRoute: () => root,
  path: '/segments',
  validateSearch: readSegmentsAddress,
  component: lazyRouteComponent(() => import('../features/segments/list-page.tsx'), 'SegmentsPage'),
})

const insights = createRoute({
  getParentRoute: () => root,
  path: '/insights',
  validateSearch: readInsightsAddress,
  component: lazyRouteComponent(() => import('../features/insights/list-page.tsx'), 'InsightsPage'),
})

const insight = createRoute({
  getParentRoute: () => root,
  path: '/insights/$key',
  validateSearch: readInsightAddress,
  component: lazyRouteComponent(
    () => import('../features/insights/insight-page.tsx'),
    'InsightPage',
  ),
})

const newInsight = createRoute({
  getParentRoute: () => root,
  path: '/insight-new',
  validateSearch: readNewInsightAddress,
  component: lazyRouteComponent(
    () => import('../features/insights/new-page.tsx'),
    'NewInsightPage',
  ),
})

const segment = createRoute({
  getParentRoute: () => root,
  path: '/segments/$key',
  validateSearch: readSegmentAddress,
  component: lazyRouteComponent(
    () => import('../features/segments/segment-page.tsx'),
    'SegmentPage',
  ),
})

const newSegment = createRoute({
  getParentRoute: () => root,
  path: '/segment-new',
  validateSearch: readNewSegmentAddress,
  component: lazyRouteComponent(
    () => import('../features/segments/new-page.tsx'),
    'NewSegmentPage',
  ),
})

const overlap = createRoute({
  getParentRoute: () => root,
  path: '/segment-overlap',
  validateSearch: readOverlapAddress,
  component: lazyRouteComponent(
    () => import('../features/segments/overlap-page.tsx'),
    'OverlapPage',
  ),
})

const activations = createRoute({
  getParentRoute: () => root,
  path: '/activations',
  validateSearch: readActivationsAddress,
  component: lazyRouteComponent(
    () => import('../features/activation/list-page.tsx'),
    'ActivationsPage',
  ),
})

const activation = createRoute({
  getParentRoute: () => root,
  path: '/activations/$key',
  validateSearch: readActivationAddress,
  component: lazyRouteComponent(
    () => import('../features/activation/activation-page.tsx'),
    'ActivationPage',
  ),
})

const newActivation = createRoute({
  getParentRoute: () => root,
  path: '/new-activation',
  validateSearch: readNewActivationAddress,
  component: lazyRouteComponent(
    () => import('../features/activation/new-activation-page.tsx'),
    'NewActivationPage',
  ),
})

const destination = createRoute({
  getParentRoute: () => root,
  path: '/destinations/$key',
  validateSearch: readViewAddress,
  component: lazyRouteComponent(
    () => import('../features/activation/destination-page.tsx'),
    'DestinationPage',
  ),
})

const newDestination = createRoute({
  getParentRoute: () => root,
  path: '/new-destination',
  validateSearch: readViewAddress,
  component: lazyRouteComponent(
    () => import('../features/activation/destination-page.tsx'),
    'NewDestinationPage',
  ),
})

const explore = createRoute({
  getParentRoute: () => root,
  path: '/explore',
  validateSearch: readExploreAddress,
  component: lazyRouteComponent(
    () => import('../features/explore/explore-page.tsx'),
    'ExplorePage',
  ),
})

const operations = createRoute({
  getParentRoute: () => root,
  path: '/operations',
  validateSearch: readOperationsAddress,
  component: lazyRouteComponent(
    () => import('../features/operations/operations-page.tsx'),
    'OperationsPage',
  ),
})

const actions = createRoute({
  getParentRoute: () => root,
  path: '/actions',
  validateSearch: readActionsAddress,
  component: lazyRouteComponent(() => import('../features/actions/list-page.tsx'), 'ActionsPage'),
})

const action = createRoute({
  getParentRoute: () => root,
  path: '/actions/$key',
  validateSearch: readActionAddress,
  component: lazyRouteComponent(() => import('../features/actions/action-page.tsx'), 'ActionPage'),
})

const newAction = createRoute({
  getParentRoute: () => root,
  path: '/new-action',
  validateSearch: readNewActionAddress,
  component: lazyRouteComponent(
    () => import('../features/actions/action-page.tsx'),
    'NewActionPage',
  ),
})

const decisions = createRoute({
  getParentRoute: () => root,
  path: '/decisions',
  validateSearch: readDecisionsAddress,
  component: lazyRouteComponent(
    () => import('../features/decisions/list-page.tsx'),
    'DecisionsPage',
  ),
})

const decision = createRoute({
  getParentRoute: () => root,
  path: '/decisions/$key',
  validateSearch: readDecisionAddress,
  component: lazyRouteComponent(
    () => import('../features/decisions/decision-page.tsx'),
    'DecisionPage',
  ),
})

const newDecision = createRoute({
  getParentRoute: () => root,
  path: '/new-decision',
  validateSearch: readNewDecisionAddress,
  component: lazyRouteComponent(
    () => import('../features/decisions/decision-page.tsx'),
    'NewDecisionPage',
  ),
})

/** Every page with its address. A page's code is fetched when it is first opened. */
export const router = createRouter({
  routeTree: root.addChildren([
    flow,
    start,
    streams,
    stream,
    connect,
    model,
    modelObject,
    newObject,
    mapping,
    events,
    senders,
    rulesets,
    ruleset,
    cluster,
    customers,
    customer,
    customerWhy,
    related,
    insights,
    insight,
    newInsight,
    segments,
    segment,
    newSegment,
    overlap,
    activations,
    activation,
    newActivation,
    destination,
    newDestination,
    actions,
    action,
    newAction,
    decisions,
    decision,
    newDecision,
    explore,
    operations,
  ]),
  parseSearch: readAddress,
  stringifySearch: writeAddress,
  defaultPreload: 'intent',
  defaultErrorComponent: BrokenPage,
  defaultPendingComponent: ComingPage,
  scrollRestoration: true,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
