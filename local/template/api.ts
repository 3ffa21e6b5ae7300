import type { Cloud } from './cloud.ts'

export interface Route {
  /** `METHOD /path/{parameter}/{rest+}`. */
  readonly key: string
  readonly functionArn: string
  /** `AWS_IAM` routes are open here, because the port listens on 127.0.0.1 only. */
  readonly authorization: 'NONE' | 'AWS_IAM' | 'CUSTOM'
  readonly authorizerId: string | null
}

/** The template's routes, each with the function behind it. */
export const declaredRoutes = (cloud: Cloud): Route[] => {
  const integrations = cloud.all('AWS::ApiGatewayV2::Integration')
  return cloud.all('AWS::ApiGatewayV2::Route').map((route) => {
    const target = String(route.get('Target')).replace('integrations/', '')
    const integration = integrations.find(({ id }) => id === target)
    if (integration?.get('PayloadFormatVersion') !== '2.0')
      throw new Error(`${route.id}: the local run knows only integrations with payload format 2.0`)
    return {
      key: String(route.get('RouteKey')),
      functionArn: String(integration.get('IntegrationUri')),
      authorization: (route.get('AuthorizationType') ?? 'NONE') as Route['authorization'],
      authorizerId: (route.get('AuthorizerId') as string | undefined) ?? null,
    }
  })
}

export interface Authorizer {
  readonly id: string
  readonly functionArn: string
  readonly identitySources: readonly string[]
  readonly cacheSeconds: number
}

/** The template's REQUEST authorizers. */
export const declaredAuthorizers = (cloud: Cloud): Authorizer[] =>
  cloud.all('AWS::ApiGatewayV2::Authorizer').map((authorizer) => {
    if (authorizer.get('AuthorizerType') !== 'REQUEST' || authorizer.get('EnableSimpleResponses') !== true)
      throw new Error(`${authorizer.id}: the local run knows only REQUEST authorizers with simple responses`)
    return {
      id: authorizer.id,
      functionArn: /functions\/(.+)\/invocations$/.exec(String(authorizer.get('AuthorizerUri')))?.[1] ?? '',
      identitySources: (authorizer.get('IdentitySource') ?? []) as string[],
      cacheSeconds: Number(authorizer.get('AuthorizerResultTtlInSeconds') ?? 0),
    }
  })
