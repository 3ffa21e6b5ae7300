import { hash, timingSafeEqual } from 'node:crypto'
import { log } from '../process/log.ts'
import { openCall } from './call.ts'
import { openSecrets } from './secrets-manager.ts'

/** How long a fetched secret is used. A revoked token stays valid for at most this long, plus the authorizer's cache. */
const keepMs = 5 * 60_000
/**
 * How long it is used while it cannot be fetched again. Sigfox gives up after 7 minutes, so a closed door loses messages.
 * The price: a token that is revoked meanwhile stays valid for this long.
 */
const keepWhileAwayMs = 60 * 60_000
/** A token that does not fit may belong to a newer secret. A guesser must not make us fetch it each time. */
const refetchAfterMs = 15_000

const digest = (token: string): Buffer => hash('sha256', token, 'buffer')

/** The secret's fields `current` and `next`, hashed. A field that is absent or empty opens nothing. */
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
/** The limits above end with the headers of an answer. This one holds for its body too, however slowly that comes. */
const tryMs = 900

/**
 * Tells whether a token is the secret's current or next one. Both are valid, so that a rotation loses no callback. Hashes of
 * equal length are compared in constant time, always with all tokens.
 */
export const tokenChecker = (secretArn: string) => {
  const secrets = openSecrets((service, endpoint) => openCall(service, endpoint, timeouts))
  const readSecret = () => secrets(secretArn, AbortSignal.timeout(tryMs))
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
  /** Callbacks that come at the same time wait for one answer. */
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
