/** Checks of a stage: each answers the sentences that say what is wrong, none where nothing is. */

export const within = (name: string, value: number, lowest: number, highest: number, unit = '') =>
  Number.isInteger(value) && value >= lowest && value <= highest
    ? []
    : [`${name} is ${value}; it must be a whole number from ${lowest} to ${highest}${unit}.`]

export const unless = (holds: boolean, sentence: string) => (holds ? [] : [sentence])
