type Attributes = Readonly<Record<string, string | number>>

/** Text escaped for HTML and SVG, between tags and in quotes. */
export const escaped = (text: string | number): string =>
  String(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')

/** One element. `inside` is markup already. */
export const element = (name: string, attributes: Attributes, ...inside: string[]): string => {
  const list = Object.entries(attributes)
    .map(
      ([key, value]) => ` ${key}="${escaped(typeof value === 'number' ? String(Math.round(value * 10) / 10) : value)}"`,
    )
    .join('')
  return `<${name}${list}>${inside.join('')}</${name}>`
}

export const label = (x: number, y: number, text: string, attributes: Attributes = {}): string =>
  element('text', { x, y, ...attributes }, escaped(text))

/** A picture that grows with the page. Screen readers speak its title. */
export const picture = (width: number, height: number, title: string, ...inside: string[]): string =>
  element(
    'svg',
    { viewBox: `0 0 ${width} ${height}`, role: 'img', style: `max-width:${width}px` },
    element('title', {}, escaped(title)),
    ...inside,
  )

/** Position on a logarithmic axis from `low` to `high`, along `from` to `to`. */
export const logarithmic = (low: number, high: number, from: number, to: number) => (value: number) =>
  from + ((Math.log10(value) - Math.log10(low)) / (Math.log10(high) - Math.log10(low))) * (to - from)

const digits = (value: number) => String(Number(value.toPrecision(6)))

/** `3.6M`, `180k`: short enough for an axis. */
export const short = (value: number): string =>
  value >= 1e6 ? `${digits(value / 1e6)}M` : value >= 1e3 ? `${digits(value / 1e3)}k` : digits(value)
