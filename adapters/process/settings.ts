/** Bad configuration: a message with all faults, one per line. Nothing has been started. */
export class SettingsError extends Error {
  override name = 'SettingsError'
}

interface Field<T> {
  readonly name: string
  /** Returns the value, or a sentence that says what is allowed. */
  readonly read: (raw: string | undefined) => { readonly value: T } | { readonly fault: string }
}

/** A text that must be set. */
export const text = (name: string): Field<string> => ({
  name,
  read: (raw) => (raw ? { value: raw } : { fault: 'must be set' }),
})

/** A text, or null where it is not set. */
export const optionalText = (name: string): Field<string | null> => ({
  name,
  read: (raw) => ({ value: raw ? raw : null }),
})

/** A whole number within bounds; `fallback` if it is not set. */
export const integer = (name: string, bounds: { min: number; max: number; fallback?: number }): Field<number> => ({
  name,
  read: (raw) => {
    if (!raw && bounds.fallback !== undefined) return { value: bounds.fallback }
    const value = raw && /^-?\d+$/.test(raw) ? Number(raw) : Number.NaN
    if (value >= bounds.min && value <= bounds.max) return { value }
    return { fault: `must be a whole number from ${bounds.min} to ${bounds.max}, not ${JSON.stringify(raw ?? '')}` }
  },
})

/** One word of a list. */
export const oneOf = <const T extends string>(name: string, allowed: readonly T[], fallback?: T): Field<T> => ({
  name,
  read: (raw) => {
    const value = allowed.find((word) => word === (raw || fallback))
    return value === undefined
      ? { fault: `must be one of ${allowed.join(', ')}, not ${JSON.stringify(raw ?? '')}` }
      : { value }
  },
})

/** A JSON object of texts. */
export const textMap = (name: string): Field<Readonly<Record<string, string>>> => ({
  name,
  read: (raw) => {
    const fault = { fault: 'must be a JSON object whose values are texts' }
    try {
      const value: unknown = JSON.parse(raw ?? '')
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return fault
      return Object.values(value).every((v) => typeof v === 'string')
        ? { value: value as Record<string, string> }
        : fault
    } catch {
      return fault
    }
  },
})

type Settings<S> = { readonly [K in keyof S]: S[K] extends Field<infer T> ? T : never }

/**
 * Reads the environment as `spec` says.
 * @throws SettingsError with every variable that is wrong, and what it may be
 */
export const readSettings = <S extends Record<string, Field<unknown>>>(
  environment: Readonly<Record<string, string | undefined>>,
  spec: S,
): Settings<S> => {
  const faults: string[] = []
  const settings: Record<string, unknown> = {}
  for (const [key, field] of Object.entries(spec)) {
    const result = field.read(environment[field.name])
    if ('fault' in result) faults.push(`${field.name} ${result.fault}`)
    else settings[key] = result.value
  }
  if (faults.length > 0) throw new SettingsError(faults.join('\n'))
  return settings as Settings<S>
}
