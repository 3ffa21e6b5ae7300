import type { APIGatewayRequestAuthorizerEventV2, APIGatewaySimpleAuthorizerResult } from 'aws-lambda'
import { tokenChecker } from '../adapters/aws/token-secret.ts'
import { readSettings, text } from '../adapters/process/settings.ts'
import { setting } from '../contract/settings.ts'
import { tokenOf } from '../core/sigfox/authorization.ts'

const { secretArn } = readSettings(process.env, { secretArn: text(setting.sigfoxSecretArn) })
const isValid = tokenChecker(secretArn)

/** Opens the Sigfox door to a request with a valid token. It never sees the body. */
export const handler = async (event: APIGatewayRequestAuthorizerEventV2): Promise<APIGatewaySimpleAuthorizerResult> => {
  const token = tokenOf(event.headers?.authorization)
  return { isAuthorized: token !== null && (await isValid(token)) }
}
