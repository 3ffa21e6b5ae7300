import others from '../../vectors/others.json' with { type: 'json' }

/** The vector of this id in `others.json`. */
export const vectorOf = (id: string) => {
  const found = others.vectors.find((vector) => vector.id === id)
  if (found === undefined) throw new Error(`no vector is named ${id}`)
  return found as unknown as {
    readonly hex: string
    readonly fields: Record<string, unknown>
    readonly decoded: Record<string, unknown>
  }
}
