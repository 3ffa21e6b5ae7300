import { createServer, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { closeServer, listenLocally } from '../process/listen.ts'

const answer = (response: ServerResponse, status: number, body: object) => {
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(body))
}

/**
 * Answers GetSecretValue of Secrets Manager for the given secrets (values by ARN), so that processes read their secrets
 * here as they do on AWS.
 */
export const startSecrets = async (secrets: ReadonlyMap<string, string>) => {
  const server = createServer(async (request, response) => {
    try {
      const { SecretId } = JSON.parse(await text(request)) as { readonly SecretId?: string }
      const value = secrets.get(SecretId ?? '')
      if (request.headers['x-amz-target'] !== 'secretsmanager.GetSecretValue')
        answer(response, 400, { __type: 'UnknownOperationException', message: 'Only GetSecretValue is known here' })
      else if (value === undefined)
        answer(response, 400, { __type: 'ResourceNotFoundException', message: `There is no secret ${SecretId}` })
      else answer(response, 200, { ARN: SecretId, Name: SecretId, SecretString: value, VersionStages: ['AWSCURRENT'] })
    } catch {
      answer(response, 400, { __type: 'SerializationException', message: 'The request is not JSON' })
    }
  })
  const port = await listenLocally(server)
  return { url: `http://127.0.0.1:${port}`, stop: () => closeServer(server, 500) }
}
