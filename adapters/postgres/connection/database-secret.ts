import { openFetchCall } from '../../aws/call.ts'
import { openSecrets } from '../../aws/secrets-manager.ts'

interface SignIn {
  readonly user: string
  readonly password: string
}

/** A batch that waits for the secret has thirty seconds or more. */
const longestWaitMs = 3_000

const readSignIn = (secret: string | undefined, secretArn: string): SignIn => {
  try {
    const { username: user, password } = JSON.parse(secret ?? '')
    if (typeof user === 'string' && user !== '' && typeof password === 'string') return { user, password }
  } catch {
    // the error itself would put the beginning of the secret into the log
  }
  throw new Error(`The secret ${secretArn} must be JSON with the texts "username" and "password", as RDS writes it.`)
}

/**
 * Reads a secret as RDS writes it.
 * @throws one sentence that contains nothing of the secret
 */
export const fetchSignIn = async (secretArn: string): Promise<SignIn> => {
  const readSecret = openSecrets(openFetchCall)
  const secret = await readSecret(secretArn, AbortSignal.timeout(longestWaitMs)).catch((error: Error) => {
    throw new Error(`The secret ${secretArn} cannot be read: ${error}`)
  })
  return readSignIn(secret, secretArn)
}
