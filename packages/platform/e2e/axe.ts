import { source } from 'axe-core'
import type { Page } from 'playwright-core'

interface Violation {
  readonly id: string
  readonly impact: string
  readonly nodes: readonly { readonly target: readonly string[]; readonly failureSummary: string }[]
}

/** What axe finds serious or critical on a page, by all its rules or these. */
export async function findingsOn(
  page: Page,
  rules?: readonly string[],
): Promise<readonly string[]> {
  await page.evaluate(source)
  // What fades in or changes its colour is looked at when it has.
  await page.evaluate(
    `Promise.allSettled(document.getAnimations().filter(({ effect }) => effect.getTiming().iterations !== Infinity).map(({ finished }) => finished))`,
  )
  const options = rules === undefined ? {} : { runOnly: { type: 'rule', values: rules } }
  const found = await page.evaluate(
    `axe.run(document, ${JSON.stringify(options)}).then(({ violations }) => violations)`,
  )
  // As axe documents its results.
  return (found as readonly Violation[])
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')}: ${failureSummary}`),
    )
}
