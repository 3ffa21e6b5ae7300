/** The three checks that the others are made of. Each returns a sentence for every fault, and none if there is no fault. */

export const unless = (holds: boolean, sentence: string) => (holds ? [] : [sentence])

export const within = (name: string, value: number, lowest: number, highest: number, unit = '') =>
  unless(
    Number.isInteger(value) && value >= lowest && value <= highest,
    `${name} is ${value}; it must be a whole number from ${lowest} to ${highest}${unit}.`,
  )

export const shapedLike = (name: string, values: readonly string[], pattern: RegExp, example: string) =>
  values.filter((value) => !pattern.test(value)).map((value) => `${name} has "${value}"; it must look like ${example}.`)
