/** A widget of a CloudWatch dashboard: its place in 24 columns, and what it shows. */
export interface Widget {
  readonly type: 'alarm' | 'metric' | 'text'
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
  readonly properties: {
    readonly title?: string
    readonly markdown?: string
    readonly alarms?: readonly string[]
    readonly metrics?: readonly (readonly unknown[])[]
  }
}

const resolved = (value: unknown): string => {
  if (typeof value === 'string') return value
  const [[key, inner] = ['', '']] = Object.entries(value as Record<string, unknown>)
  if (key === 'Fn::Join') {
    const [separator, parts] = inner as [string, unknown[]]
    return parts.map(resolved).join(separator)
  }
  // a value that only AWS knows: a name is enough to draw it
  return `${key}-${JSON.stringify(inner).replace(/[^A-Za-z0-9]+/g, '-')}`
}

/** The widgets of a dashboard, read from the text in its template. */
export const widgetsOf = (dashboardBody: unknown): Widget[] => JSON.parse(resolved(dashboardBody)).widgets

/** Labels of the lines that a widget draws. Hidden metrics of an expression are left out. */
export const linesOf = ({ properties }: Widget): string[] =>
  (properties.metrics ?? []).flatMap((row) => {
    const options = row.at(-1)
    const { label, expression, visible } = (typeof options === 'object' && options !== null ? options : {}) as {
      label?: string
      expression?: string
      visible?: boolean
    }
    if (visible === false) return []
    if (label) return [label]
    return [expression?.startsWith('SEARCH') ? 'one line a reason' : String(row[1])]
  })
