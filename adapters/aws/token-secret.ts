import { hash, timingSafeEqual } from 'node:crypto'
import { log } from '../process/log.ts'
import { openCall } from './call.ts'
import { openSecrets } from './secrets-manager.ts'

/** How long a fetched secret is used: the longest that a revoked token stays valid, beside the authorizer's cache. */
const keepMs = 5 * 60_000
/**
 * How long it is used while it cannot be fetched again. Sigfox gives up after 7 minutes, so a shut door loses messages;
 * the price is that a token revoked meanwhile stays good for that long.
 */
const keepWhileAwayMs = 60 * 60_000
/** After a token that fits nothing the secret may be a newer one; whoever guesses may not make us fetch each time. */
const refetchAfterMs = 15_000

const digest = (token: string): Buffer => hash('sha256', token, 'buffer')

/** The texts of the secret's fields `current` and `next`, hashed; what is absent or empty opens nothing. */
const readTokens = (secret: string | undefined): Buffer[] => {
  try {
    const { current, next } = JSON.parse(secret ?? '') as { current?: unknown; next?: unknown }
    return [current, next]
      .filter((token) => typeof token === 'string' && token !== '')
      .map((token) => digest(`${token}`))
  } catch {
    // the error itself would carry the beginning of the secret into the log
    log.error('secret_unreadable', { remedy: 'make it JSON: {"current": "...", "next": "..."}' })
    return []
  }
}

/** Two tries fit into the two seconds of the authorizer. */
const timeouts = { connectionTimeout: 500, requestTimeout: 700, throwOnRequestTimeout: true }

/**
 * Says whether a token is the secret's current or next one. Two are valid at once, so that a rotation loses no callback.
 * Hashes of equal length are compared in constant time, always with all tokens.
 */
export const tokenChecker = (secretArn: string) => {
  const secrets = openSecrets((service, endpoint) => openCall(service, endpoint, timeouts))
  const readSecret = () => secrets(secretArn)
  let tokens: Buffer[] = []
  let fetchedAtMs = Number.NEGATIVE_INFINITY
  let triedAtMs = Number.NEGATIVE_INFINITY
  let fetching: Promise<void> | null = null

  const fetchOnce = async () => {
    triedAtMs = Date.now()
    try {
      tokens = readTokens(await readSecret().catch(readSecret))
      fetchedAtMs = triedAtMs
    } catch (error) {
      if (Date.now() - fetchedAtMs > keepWhileAwayMs) {
        tokens = []
        throw error
      }
      log.error('secret_not_fetched', { error: String(error) })
    }
  }
  /** Where many callbacks come at once one asks, and the others wait for the same answer. */
  const fetch = () => {
    fetching ??= fetchOnce().finally(() => {
      fetching = null
    })
    return fetching
  }
  const isTired = () => tokens.length > 0 && Date.now() - triedAtMs <= refetchAfterMs
  const fits = (given: Buffer) => tokens.filter((token) => timingSafeEqual(token, given)).length > 0

  return async (token: string): Promise<boolean> => {
    const given = digest(token)
    if (Date.now() - fetchedAtMs > keepMs && !isTired()) await fetch()
    if (fits(given)) return true
    if (fetching === null && Date.now() - triedAtMs <= refetchAfterMs) return false
    await fetch()
    return fits(given)
  }
}
