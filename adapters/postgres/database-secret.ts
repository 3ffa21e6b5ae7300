import { signerFor } from './iam-token.ts'

/** Who signs in, and with what. */
interface SignIn {
  readonly user: string
  readonly password: string
}

/** The batch that waits for it has thirty seconds or more. */
const longestWaitMs = 3_000

const readSignIn = (answer: string, secretArn: string): SignIn => {
  try {
    const { username: user, password } = JSON.parse(JSON.parse(answer).SecretString)
    if (typeof user === 'string' && user !== '' && typeof password === 'string') return { user, password }
  } catch {
    // the error itself would carry the beginning of the secret into the log
  }
  throw new Error(`The secret ${secretArn} must be JSON with the texts "username" and "password", as RDS writes it.`)
}

/**
 * Reads a secret as RDS writes it. One signed request and not the SDK's client: that is 300 KB in every bundle with a
 * database, for what a process asks once in its life.
 * @throws one sentence that holds nothing of the secret
 */
export const fetchSignIn = async (secretArn: string): Promise<SignIn> => {
  const { AWS_ENDPOINT_URL_SECRETS_MANAGER: endpoint, AWS_REGION: region } = process.env
  const url = new URL(endpoint || `https://secretsmanager.${region}.amazonaws.com`)
  const body = JSON.stringify({ SecretId: secretArn })
  const { headers } = await signerFor('secretsmanager').sign({
    method: 'POST',
    protocol: url.protocol,
    hostname: url.hostname,
    path: '/',
    headers: {
      host: url.host,
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': 'secretsmanager.GetSecretValue',
    },
    body,
  })
  const { status, text } = await fetch(url, {
    method: 'POST',
    headers,
    body,
    signal: AbortSignal.timeout(longestWaitMs),
  })
    .then(async (response) => ({ status: response.status, text: await response.text() }))
    // as fetch says it, it is a TypeError and looks like a fault of ours
    .catch((error: Error) => {
      throw new Error(`The secret ${secretArn} cannot be read: ${error.cause ?? error}`)
    })
  if (status !== 200) throw new Error(`The secret ${secretArn} cannot be read (HTTP ${status}): ${text}`)
  return readSignIn(text, secretArn)
}
