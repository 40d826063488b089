/** A place in a picture. */
export interface Point {
  readonly x: number
  readonly y: number
}

/** Two things that pull at each other, by their places in the list. */
export type Tie = readonly [number, number]

/** How far apart things come to stand that are tied. */
export const tieLength = 90

// More rounds give a calmer picture; with many things each round costs more and shows less.
const mostRounds = 400
const fewestRounds = 60
const mostWork = 40_000_000

/**
 * Places things so that those that are tied stand near one another and nothing hides another. The same things always
 * come to the same places: they start on a spiral, and nothing is left to chance.
 */
export function placesOf(count: number, ties: readonly Tie[]): readonly Point[] {
  const places = Array.from({ length: count }, (_, i) => spiral(i))
  if (count < 2) return places
  const rounds = Math.max(fewestRounds, Math.min(mostRounds, Math.floor(mostWork / count ** 2)))
  for (let round = 0; round < rounds; round++) {
    const pull = Array.from({ length: count }, () => ({ x: 0, y: 0 }))
    push(places, pull)
    draw(places, ties, pull)
    move(places, pull, tieLength * (1 - round / rounds) ** 2)
  }
  return centred(places)
}

interface Moving {
  x: number
  y: number
}

// The golden angle keeps any number of points apart.
const golden = Math.PI * (3 - Math.sqrt(5))

function spiral(i: number): Moving {
  const radius = tieLength * 0.6 * Math.sqrt(i)
  return { x: radius * Math.cos(i * golden), y: radius * Math.sin(i * golden) }
}

/** Everything pushes everything else away, the nearer the stronger. */
function push(places: readonly Moving[], pull: readonly Moving[]): void {
  const strength = tieLength ** 2
  for (const [i, a] of places.entries()) {
    const from = pull[i]
    // The innermost loop runs millions of times: nothing is made in it.
    for (let j = i + 1; j < places.length; j++) {
      const b = places[j]
      const to = pull[j]
      if (!from || !b || !to) continue
      const dx = b.x - a.x
      const dy = b.y - a.y
      const force = strength / Math.max(1, dx * dx + dy * dy)
      from.x -= dx * force
      from.y -= dy * force
      to.x += dx * force
      to.y += dy * force
    }
  }
}

/** What is tied is drawn together, the farther the stronger; all are drawn to the middle a little. */
function draw(places: readonly Moving[], ties: readonly Tie[], pull: readonly Moving[]): void {
  for (const [i, j] of ties) {
    const [a, b] = [places[i], places[j]]
    if (a && b) attract(a, b, pull[i], pull[j])
  }
  for (const [i, place] of places.entries()) {
    const at = pull[i]
    if (!at) continue
    at.x -= place.x * 0.25
    at.y -= place.y * 0.25
  }
}

function attract(a: Moving, b: Moving, from: Moving | undefined, to: Moving | undefined): void {
  if (!from || !to) return
  const [dx, dy] = [b.x - a.x, b.y - a.y]
  const force = Math.hypot(dx, dy) / tieLength
  from.x += dx * force
  from.y += dy * force
  to.x -= dx * force
  to.y -= dy * force
}

function move(places: readonly Moving[], pull: readonly Moving[], most: number): void {
  for (const [i, place] of places.entries()) {
    const by = pull[i]
    if (!by) continue
    const length = Math.hypot(by.x, by.y)
    const share = length === 0 ? 0 : Math.min(length, most) / length
    place.x += by.x * share
    place.y += by.y * share
  }
}

function centred(places: readonly Moving[]): readonly Point[] {
  const middle = (of: (place: Moving) => number) => {
    const all = places.map(of)
    return (Math.min(...all) + Math.max(...all)) / 2
  }
  const [x, y] = [middle((place) => place.x), middle((place) => place.y)]
  return places.map((place) => ({ x: place.x - x, y: place.y - y }))
}
