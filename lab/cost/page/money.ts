/** Dollars as short as they say something. */
export const money = (value: number): string =>
  value >= 100 ? Math.round(value).toLocaleString('en') : value.toFixed(value >= 0.1 ? 2 : 5)
