import type { Cloud } from './cloud.ts'

export interface Route {
  /** `METHOD /path/{parameter}/{rest+}`. */
  readonly key: string
  readonly functionArn: string
  /** `AWS_IAM` routes are open here: the door listens on 127.0.0.1 only. */
  readonly authorization: 'NONE' | 'AWS_IAM' | 'CUSTOM'
  readonly authorizerId: string | null
}

/** The template's routes with the functions behind them. */
export const declaredRoutes = (cloud: Cloud): Route[] => {
  const integrations = cloud.all('AWS::ApiGatewayV2::Integration')
  return cloud.all('AWS::ApiGatewayV2::Route').map((route) => {
    const target = String(route.get('Target')).replace('integrations/', '')
    const integration = integrations.find(({ id }) => id === target)
    if (integration?.get('PayloadFormatVersion') !== '2.0')
      throw new Error(`${route.id}: the local run knows integrations with payload format 2.0 only`)
    return {
      key: String(route.get('RouteKey')),
      functionArn: String(integration.get('IntegrationUri')),
      authorization: (route.get('AuthorizationType') ?? 'NONE') as Route['authorization'],
      authorizerId: (route.get('AuthorizerId') as string | undefined) ?? null,
    }
  })
}

const decode = (text: string) => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

const matchPath = (pattern: string, path: string) => {
  const wanted = pattern.split('/')
  const given = path.split('/')
  const parameters: Record<string, string> = {}
  for (const [position, part] of wanted.entries()) {
    const name = /^\{(.+?)(\+?)\}$/.exec(part)
    const rest = name?.[2] ? given.slice(position).join('/') : given[position]
    if (name?.[1] && rest) parameters[name[1]] = decode(rest)
    else if (rest !== part) return null
    if (name?.[2]) return parameters
  }
  return wanted.length === given.length ? parameters : null
}

/** The route for a request, the most specific first: without parameters, with them, with a greedy one. */
export const findRoute = <R extends { readonly key: string }>(routes: readonly R[], method: string, path: string) => {
  const rank = ({ key }: R) => (key.includes('+}') ? 2 : key.includes('{') ? 1 : 0)
  for (const route of [...routes].sort((a, b) => rank(a) - rank(b))) {
    const [routeMethod = '', pattern = ''] = route.key.split(' ')
    const pathParameters = routeMethod === method || routeMethod === 'ANY' ? matchPath(pattern, path) : null
    if (pathParameters) return { route, pathParameters }
  }
  return null
}
