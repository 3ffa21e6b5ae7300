import { hash, timingSafeEqual } from 'node:crypto'
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { log } from './log.ts'

/** How long a fetched secret is used: the longest that a revoked token stays valid, beside the authorizer's cache. */
const keepMs = 5 * 60_000
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

/**
 * Says whether a token is the secret's current or next one. Two are valid at once, so that a rotation loses no callback.
 * Hashes of equal length are compared in constant time, always with all tokens.
 */
export const tokenChecker = (secretArn: string, client = new SecretsManagerClient({ maxAttempts: 2 })) => {
  let tokens: Buffer[] = []
  let fetchedAtMs = Number.NEGATIVE_INFINITY

  const fetch = async () => {
    const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: secretArn }))
    tokens = readTokens(SecretString)
    fetchedAtMs = Date.now()
  }
  const fits = (given: Buffer) => tokens.filter((token) => timingSafeEqual(token, given)).length > 0

  return async (token: string): Promise<boolean> => {
    const given = digest(token)
    if (Date.now() - fetchedAtMs > keepMs) await fetch()
    if (fits(given)) return true
    if (Date.now() - fetchedAtMs <= refetchAfterMs) return false
    await fetch()
    return fits(given)
  }
}
