import type { DecodeContext, Profile } from '../../core/devices/profile.ts'

/** A field of a decoded frame, and the bytes it comes from. */
export interface Field {
  /** Its name within the frame's fields, e.g. `status.lowBattery` or `history[0].count`. */
  readonly path: string
  readonly value: unknown
  /** Offsets that belong to this field more than to any other, in order; none for a field worked out from others. */
  readonly ownBytes: readonly number[]
  /** All offsets that influence it, in order. */
  readonly bytes: readonly number[]
}

interface FieldsOfFrame {
  /** In the decoder's order. */
  readonly fields: readonly Field[]
  /** Offsets of bytes that can have no other value: the frame would be refused. */
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

/** All other values of a byte, first those that differ in a single bit. */
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
 * The fields of `frame` that change with the byte at `at`; null where no other value decodes. Where another value makes
 * a different kind of frame, fields of the same name are not the same field. Then a field counts only if it changes in
 * every such frame, such as the code that says which kind it is.
 */
const changedBy = (profile: Profile, frame: Uint8Array, context: DecodeContext, at: number, leaves: Leaves) => {
  const outcomes: Leaves[] = []
  for (const [n, value] of otherValues(frame[at] ?? 0).entries()) {
    // Every field shows a change of one bit or another. The other values are tried only where no single bit may change.
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
 * The fields of a frame that `profile` decodes, each with its bytes. No second description of the frame is needed, and
 * no support in the decoder: each byte is tried with other values, and the fields that change come from it. A byte
 * belongs to the field that depends on the fewest bytes. For example, an index two deltas back depends on its own delta
 * and on those before it; only its own delta belongs to it.
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
