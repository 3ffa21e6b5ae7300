import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda'
import { vi } from 'vitest'

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, unknown>>
  readonly text: string
  // biome-ignore lint/suspicious/noExplicitAny: the tests say what is in it
  readonly json: any
}

/** Calls the real function, with the database role that it has on AWS. */
export const openApi = async (database: { host: string; port: number; database: string; password: string }) => {
  vi.stubEnv('DATABASE_HOST', database.host)
  vi.stubEnv('DATABASE_PORT', String(database.port))
  vi.stubEnv('DATABASE_NAME', database.database)
  vi.stubEnv('DATABASE_USER', 'sluice_reader')
  vi.stubEnv('DATABASE_PASSWORD', database.password)
  vi.stubEnv('DATABASE_TLS', 'off')
  vi.resetModules()
  const { handler } = await import('../../lambdas/api.ts')
  vi.unstubAllEnvs()
  return async (url: string, method = 'GET', headers: Record<string, string> = {}): Promise<Answer> => {
    const { pathname, searchParams } = new URL(url, 'http://api')
    const event = {
      rawPath: pathname,
      headers,
      queryStringParameters: Object.fromEntries(searchParams),
      requestContext: { http: { method } },
    }
    const result: APIGatewayProxyStructuredResultV2 = await handler(event as unknown as APIGatewayProxyEventV2)
    const text = result.body ?? ''
    const isJson = result.headers?.['content-type'] === 'application/json'
    return {
      status: result.statusCode ?? 0,
      headers: result.headers ?? {},
      text,
      json: isJson ? JSON.parse(text) : null,
    }
  }
}
