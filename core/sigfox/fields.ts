/** Names under which a callback's body carries what we need: the customer chooses them in the Sigfox backend. */
export interface SigfoxFieldNames {
  readonly device: string
  readonly time: string
  readonly data: string
  readonly seqNumber: string
}

/** A callback's body or line, its values as texts; a value that is absent, null or the text `null` has no entry. */
export type SigfoxFields = ReadonlyMap<string, string>

/** Booleans arrive as themselves or as texts; `null` as itself or, without the contract option, as text. */
const fieldText = (value: unknown): string | null => {
  if (typeof value === 'string') return value === 'null' ? null : value
  return typeof value === 'boolean' ? String(value) : null
}

export const fieldsOf = (entries: Iterable<readonly [string, unknown]>): SigfoxFields => {
  const fields = new Map<string, string>()
  for (const [name, value] of entries) {
    const text = fieldText(value)
    if (text !== null) fields.set(name, text)
  }
  return fields
}

/** The stage's mapping, with the standard name for what it does not mention. */
export const readFieldNames = (mapping: Readonly<Record<string, string>>): SigfoxFieldNames => ({
  device: mapping.device ?? 'device',
  time: mapping.time ?? 'time',
  data: mapping.data ?? 'data',
  seqNumber: mapping.seqNumber ?? 'seqNumber',
})
