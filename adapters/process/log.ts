type Fields = Readonly<Record<string, string | number | boolean | null | undefined>>

const longestField = 300

/** Text from outside has any length; a log line must not. JSON escapes line breaks, so a field cannot forge a line. */
const shorten = (value: Fields[string]) =>
  typeof value === 'string' && value.length > longestField ? `${value.slice(0, longestField)}…` : value

const write = (level: 'info' | 'warn' | 'error', event: string, fields: Fields) => {
  const shortened = Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, shorten(value)]))
  process.stdout.write(`${JSON.stringify({ level, event, at: new Date().toISOString(), ...shortened })}\n`)
}

/** Writes one JSON object per line. Never pass a body or a secret. */
export const log = {
  info: (event: string, fields: Fields = {}) => write('info', event, fields),
  warn: (event: string, fields: Fields = {}) => write('warn', event, fields),
  error: (event: string, fields: Fields = {}) => write('error', event, fields),
}
