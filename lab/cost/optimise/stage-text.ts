import type { Stage } from '../../../lib/stage/stage.ts'

const indent = (text: string) => text.replace(/^/gm, '  ')

const valueText = (value: unknown): string => {
  if (typeof value === 'string') return `'${value}'`
  if (typeof value !== 'object' || value === null) return String(value)
  const entries = Object.entries(value).map(([name, inner]) => `${name}: ${valueText(inner)}`)
  const line = `{ ${entries.join(', ')} }`
  return line.length <= 100 ? line : `{\n${indent(entries.join(',\n'))},\n}`
}

/** The stage as text to paste into `bin/stages.ts`. */
export const stageText = (stage: Stage): string => `export const ${stage.name}: Stage = ${valueText(stage)}`
