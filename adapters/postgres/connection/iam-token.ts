import { SignatureV4 } from '@smithy/signature-v4'
import { Sha256 } from '../../aws/sha256.ts'

const environment = (name: string): string => {
  const value = process.env[name]
  if (!value) throw new Error(`${name} must be set to sign in to the database, or DATABASE_PASSWORD in place of it`)
  return value
}

/** Signs with the credentials that Lambda puts into the environment. Throws where there are none. */
const openSigner = (): SignatureV4 => {
  const { AWS_SESSION_TOKEN: sessionToken } = process.env
  return new SignatureV4({
    service: 'rds-db',
    region: environment('AWS_REGION'),
    sha256: Sha256,
    credentials: {
      accessKeyId: environment('AWS_ACCESS_KEY_ID'),
      secretAccessKey: environment('AWS_SECRET_ACCESS_KEY'),
      ...(sessionToken ? { sessionToken } : {}),
    },
  })
}

/**
 * The password of an IAM database user: a signed URL that is valid for 15 minutes, made without any request.
 * (RDS user guide, "Connecting using IAM authentication")
 */
export const signToken = async ({
  host,
  port,
  user,
}: {
  host: string
  port: number
  user: string
}): Promise<string> => {
  const signed = await openSigner().presign(
    {
      method: 'GET',
      protocol: 'https:',
      hostname: host,
      port,
      path: '/',
      query: { Action: 'connect', DBUser: user },
      headers: { host: `${host}:${port}` },
    },
    { expiresIn: 900 },
  )
  const query = Object.entries(signed.query ?? {}).map(([k, v]) => `${k}=${encodeURIComponent(String(v))}`)
  return `${host}:${port}/?${query.join('&')}`
}
