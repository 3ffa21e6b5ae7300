import { openSigner } from '../../aws/call.ts'

/**
 * The password of an IAM database user: a signed URL, valid for 15 minutes and made without a request (RDS user guide,
 * "Connecting using IAM authentication").
 * @throws one sentence if there is no region, or no credentials
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
  const request = {
    method: 'GET',
    protocol: 'https:',
    hostname: host,
    port,
    path: '/',
    query: { Action: 'connect', DBUser: user },
    headers: { host: `${host}:${port}` },
  }
  const signed = await openSigner('rds-db')
    .presign(request, { expiresIn: 900 })
    .catch((error: Error) => {
      throw new Error(`No sign-in to the database without DATABASE_PASSWORD: ${error.message}`)
    })
  const query = Object.entries(signed.query ?? {}).map(([k, v]) => `${k}=${encodeURIComponent(String(v))}`)
  return `${host}:${port}/?${query.join('&')}`
}
