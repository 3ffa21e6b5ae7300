import type { DecodeContext, Profile } from '../../core/devices/profile.ts'

/** A field of a decoded frame and the bytes it comes from. */
export interface Field {
  /** Its name within the frame's fields, e.g. `status.lowBattery` or `history[0].count`. */
  readonly path: string
  readonly value: unknown
  /** Offsets that belong to this field more than to any other, in order; none where it is worked out from others. */
  readonly ownBytes: readonly number[]
  /** All offsets that have an influence on it, in order. */
  readonly bytes: readonly number[]
}

interface FieldsOfFrame {
  /** In the decoder's order. */
  readonly fields: readonly Field[]
  /** Offsets of bytes that cannot be otherwise: the frame would be refused. */
  readonly fixedBytes: readonly number[]
}

type Leaves = Map<string, unknown>

const addLeaves = (leaves: Leaves, path: string, value: unknown): Leaves => {
  if (value === null || typeof value !== 'object' || Object.keys(value).length === 0) return leaves.set(path, value)
  for (const [key, inner] of Object.entries(value)) {
    addLeaves(leaves, Array.isArray(value) ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`, inner)
  }
  return leaves
}

const leavesOf = (profile: Profile, frame: Uint8Array, context: DecodeContext): Leaves => {
  const outcome = profile.decode(frame, context)
  return typeof outcome === 'string' ? new Map() : addLeaves(new Map(), '', outcome.fields())
}

/** Every other value of a byte, those first in which a single bit differs. */
const otherValues = (byte: number): number[] => {
  const flips = Array.from({ length: 8 }, (_, bit) => byte ^ (1 << bit))
  return [...flips, ...Array.from({ length: 256 }, (_, value) => value).filter((v) => v !== byte && !flips.includes(v))]
}

const differing = (leaves: Leaves, others: Leaves): string[] =>
  [...others]
    .filter(([path, value]) => leaves.has(path) && typeof value !== 'object' && !Object.is(leaves.get(path), value))
    .map(([path]) => path)

const haveSamePaths = (a: Leaves, b: Leaves): boolean => a.size === b.size && [...a.keys()].every((path) => b.has(path))

/**
 * The fields of `frame` that turn out otherwise when the byte at `at` is another; null where no other is taken. Where
 * another byte makes another frame of it, fields of one name are not the same field: then only those count that every
 * such frame has otherwise, as the code that says which frame it is.
 */
const changedBy = (profile: Profile, frame: Uint8Array, context: DecodeContext, at: number, leaves: Leaves) => {
  const outcomes: Leaves[] = []
  for (const [n, value] of otherValues(frame[at] ?? 0).entries()) {
    // a field sees one bit or another; only where no single one may differ, the rest is tried as well
    if (n >= 8 && outcomes.length > 0) break
    const other = frame.slice()
    other[at] = value
    const found = leavesOf(profile, other, context)
    if (found.size > 0) outcomes.push(found)
  }
  if (outcomes.length === 0) return null
  const within = outcomes.filter((found) => haveSamePaths(leaves, found)).flatMap((found) => differing(leaves, found))
  const across = outcomes.filter((found) => !haveSamePaths(leaves, found)).map((found) => differing(leaves, found))
  const [first = [], ...rest] = across
  return new Set([...within, ...first.filter((path) => rest.every((paths) => paths.includes(path)))])
}

/**
 * The fields of a frame that `profile` decodes, each with its bytes. Nothing describes the frame a second time, and
 * the decoder needs no ear for it: each byte is tried with other values, and what that changes comes from it. A byte is
 * that of the field which depends on the fewest: an index two deltas back depends on its delta and on all before it,
 * and the delta is its own.
 */
export const fieldsOf = (profile: Profile, frame: Uint8Array, context: DecodeContext): FieldsOfFrame => {
  const leaves = leavesOf(profile, frame, context)
  const changed = Array.from(frame, (_, at) => changedBy(profile, frame, context, at, leaves))
  const bytesOf = new Map(
    [...leaves.keys()].map((path) => [path, [...frame.keys()].filter((at) => changed[at]?.has(path))]),
  )
  const fewest = changed.map((paths) => Math.min(...[...(paths ?? [])].map((path) => bytesOf.get(path)?.length ?? 0)))
  const fields = [...leaves].map(([path, value]) => {
    const bytes = bytesOf.get(path) ?? []
    return { path, value, bytes, ownBytes: bytes.filter((at) => fewest[at] === bytes.length) }
  })
  return { fields, fixedBytes: [...frame.keys()].filter((at) => changed[at] === null) }
}
