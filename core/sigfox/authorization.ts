/**
 * The token of an Authorization header: the one of `Bearer TOKEN`, or the password of `Basic` (Sigfox makes that from a URL
 * like `https://user:TOKEN@host/`; the user may be anything). null if there is none.
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
