/** Who imports whom: each name with the names that it imports. */
export type Arrows = ReadonlyMap<string, ReadonlySet<string>>

/** Groups that reach each other, so that none of them lies below the others. */
type Circle = readonly string[]

/** How the groups of a folder lie above each other. */
export interface Floors {
  readonly groups: number
  /** Pairs of groups of which one imports the other. */
  readonly arrows: number
  /** The longest import path, counted in groups. Arrows that point upward are left out. */
  readonly floors: number
  /** Groups on that path, from the top down. */
  readonly path: readonly string[]
  /** As few arrows as must go before no circle is left: `from -> to`. */
  readonly upward: readonly string[]
  readonly circles: readonly Circle[]
}

const targetsOf = (arrows: Arrows, name: string): ReadonlySet<string> => arrows.get(name) ?? new Set()

/** All that can be reached from `name`, itself only through a circle. */
const reachedFrom = (arrows: Arrows, name: string): ReadonlySet<string> => {
  const reached = new Set<string>()
  const waiting = [...targetsOf(arrows, name)]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (reached.has(next)) continue
    reached.add(next)
    waiting.push(...targetsOf(arrows, next))
  }
  return reached
}

const circlesOf = (arrows: Arrows): Circle[] => {
  const reach = new Map([...arrows.keys()].map((name) => [name, reachedFrom(arrows, name)]))
  const circles = new Map<string, Circle>()
  for (const [name, reached] of reach) {
    const circle = [...arrows.keys()].filter((other) => reached.has(other) && reach.get(other)?.has(name))
    if (circle.length > 1) circles.set(circle.join(' '), circle)
  }
  return [...circles.values()]
}

/** Above this many groups the order of a circle is guessed: trying all of them takes 2^n steps. */
const mostExact = 16

/**
 * The order of a circle, from the bottom up, in which the fewest arrows point upward. An arrow from a group to one above
 * it in this order is upward.
 */
const orderOf = (circle: Circle, arrows: Arrows): string[] => {
  if (circle.length > mostExact)
    return [...circle].sort((a, b) => targetsOf(arrows, a).size - targetsOf(arrows, b).size)
  const above = circle.map((name) =>
    circle.reduce((bits, other, i) => (targetsOf(arrows, name).has(other) ? bits | (1 << i) : bits), 0),
  )
  const bitsIn = (bits: number) => bits.toString(2).replaceAll('0', '').length
  // by the set of groups that are already placed: the fewest upward arrows, and the group that was placed last
  const best: { upward: number; last: number }[] = [{ upward: 0, last: -1 }]
  for (let placed = 1; placed < 1 << circle.length; placed++) {
    const ways = circle.flatMap((_, last) => {
      if ((placed & (1 << last)) === 0) return []
      const below = placed & ~(1 << last)
      return [{ upward: (best[below]?.upward ?? 0) + bitsIn((above[last] ?? 0) & ~placed), last }]
    })
    best.push(ways.reduce((a, b) => (b.upward < a.upward ? b : a)))
  }
  const order: string[] = []
  for (let placed = (1 << circle.length) - 1; placed > 0; placed &= ~(1 << (best[placed]?.last ?? 0)))
    order.unshift(circle[best[placed]?.last ?? 0] ?? '')
  return order
}

const upwardOf = (circle: Circle, arrows: Arrows): [from: string, to: string][] => {
  const order = orderOf(circle, arrows)
  return order.flatMap((from, i) =>
    order.slice(i + 1).flatMap((to): [string, string][] => (targetsOf(arrows, from).has(to) ? [[from, to]] : [])),
  )
}

/** @param arrows without a circle */
const longestPath = (arrows: Arrows): string[] => {
  const known = new Map<string, string[]>()
  const from = (name: string): string[] => {
    const found = known.get(name)
    if (found) return found
    const below = [...targetsOf(arrows, name)].map(from).reduce((a, b) => (b.length > a.length ? b : a), [])
    known.set(name, [name, ...below])
    return [name, ...below]
  }
  return [...arrows.keys()].map(from).reduce((a, b) => (b.length > a.length ? b : a), [])
}

export const floorsOf = (arrows: Arrows): Floors => {
  const circles = circlesOf(arrows)
  const upward = circles.flatMap((circle) => upwardOf(circle, arrows))
  const isUpward = (from: string, to: string) => upward.some(([a, b]) => a === from && b === to)
  const downward = new Map(
    [...arrows].map(([from, targets]) => [from, new Set([...targets].filter((to) => !isUpward(from, to)))]),
  )
  const path = longestPath(downward)
  return {
    groups: arrows.size,
    arrows: [...arrows.values()].reduce((sum, targets) => sum + targets.size, 0),
    floors: path.length,
    path,
    upward: upward.map(([from, to]) => `${from} -> ${to}`),
    circles,
  }
}

/**
 * The arrows between the groups of a folder. A group is a sub-folder with all that is in it, or a file that lies directly
 * in the folder.
 * @param folder from the root folder; empty for the root folder itself
 */
export const arrowsWithin = (
  folder: string,
  files: readonly { readonly path: string; readonly imports: readonly string[] }[],
): Arrows => {
  const prefix = folder === '' ? '' : `${folder}/`
  const groupOf = (path: string) => (path.startsWith(prefix) ? path.slice(prefix.length).split('/')[0] : undefined)
  const arrows = new Map<string, Set<string>>()
  const known = new Set(files.map(({ path }) => path))
  for (const { path, imports } of files) {
    const from = groupOf(path)
    if (from === undefined) continue
    const targets = arrows.get(from) ?? new Set()
    arrows.set(from, targets)
    for (const imported of imports) {
      const to = known.has(imported) ? groupOf(imported) : undefined
      if (to !== undefined && to !== from) targets.add(to)
    }
  }
  return arrows
}
