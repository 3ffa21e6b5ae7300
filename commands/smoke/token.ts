import { OperationFault } from '../../contract/operation-fault.ts'
import { ownRegion, signedFetch } from '../../operations/signed-request.ts'

/**
 * The current token in a secret of Secrets Manager. It is never printed.
 * @throws OperationFault if it cannot be read
 */
export const tokenOfSecret = async (arn: string): Promise<string> => {
  const region = arn.split(':')[3] || (await ownRegion())
  const endpoint = process.env.AWS_ENDPOINT_URL_SECRETS_MANAGER || `https://secretsmanager.${region}.amazonaws.com`
  const response = await signedFetch('secretsmanager', new URL('/', endpoint), {
    method: 'POST',
    region,
    headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'secretsmanager.GetSecretValue' },
    body: JSON.stringify({ SecretId: arn }),
  })
  const text = await response.text()
  if (!response.ok) throw new OperationFault(`The secret ${arn} cannot be read (HTTP ${response.status}): ${text}`)
  try {
    const { current } = JSON.parse(JSON.parse(text).SecretString)
    if (typeof current === 'string' && current !== '') return current
  } catch {
    // the error itself would show the beginning of the secret
  }
  throw new OperationFault(`The secret ${arn} has no field "current".`)
}
