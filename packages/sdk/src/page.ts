import type { Fields } from './event.ts'

/** Where the person is: the page of this window. The fragment is left out, it may carry somebody's token. */
export function pageOf({ document, location }: Window): Fields {
  return {
    url: location.href.split('#')[0],
    path: location.pathname,
    search: location.search,
    referrer: document.referrer,
    title: document.title,
  }
}

/** What surrounds an event in a browser: page, campaign, language, screen, time zone. */
export function browserContext(window: Window): Fields {
  const { navigator, screen, devicePixelRatio } = window
  const campaign = campaignOf(window.location.search)
  return {
    page: pageOf(window),
    ...(campaign && { campaign }),
    locale: navigator.language,
    userAgent: navigator.userAgent,
    screen: { width: screen.width, height: screen.height, density: devicePixelRatio },
    timezone: new Intl.DateTimeFormat().resolvedOptions().timeZone,
  }
}

/** The campaign that a link names by its `utm_` parameters; `utm_campaign` is its name. */
export function campaignOf(search: string): Fields | undefined {
  const campaign: Record<string, string> = {}
  for (const [key, value] of new URLSearchParams(search)) {
    const name = /^utm_(.+)/.exec(key)?.[1]
    if (name && value) campaign[name === 'campaign' ? 'name' : name] = value
  }
  return Object.keys(campaign).length > 0 ? campaign : undefined
}
