/**
 * The token in an Authorization header: that of `Bearer TOKEN`, or the password of `Basic`, whose user may be anything
 * (Sigfox makes it from a URL like `https://user:TOKEN@host/`). null where there is none.
 */
export const tokenOf = (header: string | undefined): string | null => {
  const match = /^\s*(Bearer|Basic)\s+(\S+)\s*$/i.exec(header ?? '')
  if (!match) return null
  const [, scheme = '', credentials = ''] = match
  if (scheme.toLowerCase() === 'bearer') return credentials
  try {
    const decoded = atob(credentials)
    const colon = decoded.indexOf(':')
    return colon < 0 ? null : decoded.slice(colon + 1) || null
  } catch {
    return null
  }
}
