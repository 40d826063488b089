import { Button, Checkbox } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import type { Review, ReviewItem, RulesetStatus } from '@tessera/platform/contract'
import { useState } from 'react'
import { texts } from '../../../lib/texts.ts'
import { Answer } from '../../../ui/answer.tsx'
import { EmptyState } from '../../../ui/empty-state.tsx'
import { Panel } from '../../../ui/page.tsx'
import { WhyBox } from '../../../ui/reason-form.tsx'
import { decisionsQuery, explain, reviewQuery, settle } from '../api/identity.ts'
import { pairOf } from '../cluster.ts'
import { type Decide, useDecide } from '../use-decide.ts'
import { DecideOutcome } from './decide-form.tsx'
import styles from './identity.module.css'
import { ReviewPair } from './review-pair.tsx'

const words = texts.identity.review

const keyOf = ({ left, right }: ReviewItem): string => pairOf(left.profile, right.profile)

/** Pairs that guards hold back, to be joined or kept apart: one, several, or all that are shown. */
export function ReviewPart({ status }: { status: RulesetStatus }) {
  const { ruleset } = status
  const review = useInfiniteQuery(reviewQuery(ruleset))
  const { data: decisions } = useInfiniteQuery(decisionsQuery(ruleset))
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set())
  const decide = useDecide(ruleset, () => setChosen(new Set()))
  const kinds = new Map(decisions?.pages.flat().map(({ number, kind }) => [number, kind]))
  return (
    <Panel flush="flush">
      <DecideOutcome decide={decide} />
      <Answer query={review} height={420}>
        {({ pages }) => {
          const items = pages.flatMap((page) => page.items)
          if (items.length === 0) return <NothingWaits />
          const here = stillThere(chosen, items)
          return (
            <>
              <Bar items={items} ruleset={ruleset} {...{ chosen: here, setChosen, decide }} />
              <About review={pages[0]} />
              <ul>
                {items.map((item) => (
                  <ReviewPair
                    key={keyOf(item)}
                    item={item}
                    status={status}
                    kind={item.decided === undefined ? undefined : kinds.get(item.decided)}
                    isChosen={here.has(keyOf(item))}
                    onChoose={(isChosen) => setChosen(withChoice(here, keyOf(item), isChosen))}
                    isBusy={decide.isBusy}
                    onUndo={() =>
                      decide.withdraw(() => decisionsOn(ruleset, item), texts.identity.undone)
                    }
                  />
                ))}
              </ul>
              {review.hasNextPage && (
                <div className={styles.more}>
                  <Button
                    size="xs"
                    variant="default"
                    loading={review.isFetchingNextPage}
                    onClick={() => void review.fetchNextPage()}
                  >
                    {texts.more}
                  </Button>
                </div>
              )}
            </>
          )
        }}
      </Answer>
    </Panel>
  )
}

function NothingWaits() {
  return (
    <EmptyState icon="identity" title={words.empty}>
      {words.emptyHelp}
    </EmptyState>
  )
}

function About({ review }: { review: Review | undefined }) {
  if (!review) return null
  return (
    <p className={styles.about}>
      <span className={styles.strong}>{words.counts(review.pairs, review.links)}</span>{' '}
      {words.about}
    </p>
  )
}

/** What is done with the pairs that are chosen. It stays in sight while one scrolls. */
function Bar({
  items,
  ruleset,
  chosen,
  setChosen,
  decide,
}: {
  items: readonly ReviewItem[]
  ruleset: string
  chosen: ReadonlySet<string>
  setChosen: (chosen: ReadonlySet<string>) => void
  decide: Decide
}) {
  const [why, setWhy] = useState('')
  const [isMissing, setMissing] = useState(false)
  const isAll = items.every((item) => chosen.has(keyOf(item)))
  const go = (how: 'join' | 'keep_apart') => {
    const reason = why.trim()
    setMissing(reason === '')
    if (reason === '') return
    const pairs = items
      .filter((item) => chosen.has(keyOf(item)))
      .map(({ left, right }) => ({ left: left.profile, right: right.profile }))
    decide.decide(() => settle(ruleset, { decide: how, pairs, why: reason }))
    setWhy('')
  }
  const isNone = chosen.size === 0
  const hint = isNone ? words.chooseFirst : undefined
  return (
    <fieldset className={styles.bar} aria-label={texts.identity.tabs.review}>
      <Checkbox
        label={isNone ? words.chooseAll : words.chosen(chosen.size)}
        checked={isAll}
        indeterminate={!isNone && !isAll}
        onChange={() => setChosen(new Set(isAll ? [] : items.map(keyOf)))}
      />
      <WhyBox value={why} onChange={setWhy} isMissing={isMissing && why.trim() === ''} />
      <span className={styles.buttons}>
        <Button
          size="xs"
          disabled={isNone}
          title={hint}
          loading={decide.isBusy}
          onClick={() => go('join')}
        >
          {words.join}
        </Button>
        <Button
          size="xs"
          variant="default"
          disabled={isNone}
          title={hint}
          loading={decide.isBusy}
          onClick={() => go('keep_apart')}
        >
          {words.apart}
        </Button>
      </span>
    </fieldset>
  )
}

/** What was decided about a pair; keeping two profiles apart may have taken a decision for each link. */
async function decisionsOn(
  ruleset: string,
  { decided, examples: [example] }: ReviewItem,
): Promise<readonly number[]> {
  const known = decided === undefined ? [] : [decided]
  if (!example) return known
  const two = { left: example.left.record, right: example.right.record }
  const { decisions = [] } = await explain(ruleset, two)
  return [...new Set([...known, ...decisions.map(({ number }) => number)])]
}

/** What was chosen and has not gone meanwhile: profiles change while one reads. */
function stillThere(
  chosen: ReadonlySet<string>,
  items: readonly ReviewItem[],
): ReadonlySet<string> {
  return new Set(items.map(keyOf).filter((key) => chosen.has(key)))
}

function withChoice(chosen: ReadonlySet<string>, key: string, isChosen: boolean) {
  const next = new Set(chosen)
  if (isChosen) next.add(key)
  else next.delete(key)
  return next
}
