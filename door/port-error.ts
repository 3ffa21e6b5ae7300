const sentences: Readonly<Record<string, string>> = {
  EADDRINUSE: 'is in use',
  EACCES: 'may not be opened by this user',
}

/** A port that cannot be opened, in a sentence that says what to do. */
export class PortError extends Error {
  override name = 'PortError'
}

export const portError = (transport: 'UDP' | 'TCP', port: number, setting: string, cause: NodeJS.ErrnoException) => {
  const why = sentences[cause.code ?? ''] ?? `cannot be opened (${cause.message})`
  return new PortError(`${transport} port ${port} ${why}: set ${setting} to another port, or stop what uses it`, {
    cause,
  })
}
