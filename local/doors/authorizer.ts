import type { Invocation } from '../functions/function-process.ts'
import type { Authorizer } from '../template/api.ts'
import { authorizerEvent, type HttpRequest } from './http-event.ts'

/** Allowed, with the context for the function; or refused, with the status to answer. */
export type Verdict =
  | { readonly allowed: true; readonly context: unknown }
  | { readonly allowed: false; status: number }

const identityOf = (source: string, request: HttpRequest) => {
  const header = /^\$request\.header\.(.+)$/.exec(source)?.[1]
  if (header) return request.headers[header.toLowerCase()]
  const parameter = /^\$request\.querystring\.(.+)$/.exec(source)?.[1]
  if (parameter) return new URLSearchParams(request.query).get(parameter) ?? undefined
  return source === '$context.routeKey' ? request.routeKey : undefined
}

/**
 * Decides as the HTTP API does: 401 without an identity, 403 when the function refuses, 500 when it fails. An answer is
 * kept by the values of the identity sources, for the time that the template sets.
 */
export const authorizeWith = (
  authorizer: Authorizer,
  invoke: (event: unknown) => Promise<Invocation>,
  now: () => number = Date.now,
) => {
  const kept = new Map<string, { readonly verdict: Verdict; readonly untilMs: number }>()

  return async (request: HttpRequest): Promise<Verdict> => {
    const identity = authorizer.identitySources.map((source) => identityOf(source, request))
    if (!identity.every((value) => value)) return { allowed: false, status: 401 }
    const key = JSON.stringify(identity)
    const known = kept.get(key)
    if (known && known.untilMs > now()) return known.verdict

    const result = await invoke(authorizerEvent(request, identity as string[]))
    const answer = (result.ok ? result.payload : null) as { isAuthorized?: unknown; context?: unknown } | null
    if (typeof answer?.isAuthorized !== 'boolean') return { allowed: false, status: 500 }
    const verdict: Verdict = answer.isAuthorized
      ? { allowed: true, context: answer.context }
      : { allowed: false, status: 403 }
    if (authorizer.cacheSeconds > 0 && identity.length > 0)
      kept.set(key, { verdict, untilMs: now() + authorizer.cacheSeconds * 1000 })
    return verdict
  }
}
