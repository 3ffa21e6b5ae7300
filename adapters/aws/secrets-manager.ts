import type { Call, Service } from './call.ts'

/** Reads the text of a secret; undefined if it has none. Tries once, and throws as a `Call` does. */
type ReadSecret = (secretArn: string, abortSignal?: AbortSignal) => Promise<string | undefined>

const secretsManager = { name: 'secretsmanager', target: 'secretsmanager', jsonVersion: '1.1' } as const

/** The Secrets Manager of this process's region, or the one at AWS_ENDPOINT_URL_SECRETS_MANAGER. */
export const openSecrets = (open: (service: Service, endpoint: string) => Call): ReadSecret => {
  const { AWS_ENDPOINT_URL_SECRETS_MANAGER: endpoint, AWS_REGION: region } = process.env
  const call = open(secretsManager, endpoint || `https://secretsmanager.${region}.amazonaws.com`)
  return async (secretArn, abortSignal) => {
    const answer = await call('GetSecretValue', { SecretId: secretArn }, abortSignal)
    return (answer as { readonly SecretString?: string }).SecretString
  }
}
