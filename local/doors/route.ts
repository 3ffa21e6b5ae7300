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

/** The route for a request. Routes without parameters go first, then those with parameters, then greedy ones. */
export const findRoute = <R extends { readonly key: string }>(routes: readonly R[], method: string, path: string) => {
  const rank = ({ key }: R) => (key.includes('+}') ? 2 : key.includes('{') ? 1 : 0)
  for (const route of [...routes].sort((a, b) => rank(a) - rank(b))) {
    const [routeMethod = '', pattern = ''] = route.key.split(' ')
    const pathParameters = routeMethod === method || routeMethod === 'ANY' ? matchPath(pattern, path) : null
    if (pathParameters) return { route, pathParameters }
  }
  return null
}
