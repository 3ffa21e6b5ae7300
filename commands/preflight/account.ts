import { signedFetch } from '../../operations/signed-request.ts'

/** An answer of AWS that is not the one asked for: its word for why, such as AccessDenied or NoSuchEntity. */
export class Refusal extends Error {
  override name = 'Refusal'
  readonly code: string
  constructor(code: string) {
    super(code)
    this.code = code
  }
}

const limitMs = 10_000

/** The word for a refusal, in JSON or in XML, whatever the protocol. */
const codeOf = (status: number, text: string) => {
  const [, code] = /<Code>(\w+)<\/Code>|"__type"\s*:\s*"(?:[^"#]*#)?(\w+)"/.exec(text)?.filter(Boolean) ?? []
  return code ?? `HTTP ${status}`
}

/** Calls of the three protocols that the questions need. Each only reads. Throws a Refusal, or an OperationFault. */
export const openAccount = (region: string, environment: NodeJS.ProcessEnv) => {
  const urlOf = (host: string, path = '/') => new URL(path, environment.AWS_ENDPOINT_URL || `https://${host}`)
  const answered = async (response: Response) => {
    const text = await response.text()
    if (!response.ok) throw new Refusal(codeOf(response.status, text))
    return text
  }
  const send = async (service: string, url: URL, request: Parameters<typeof signedFetch>[2]) =>
    answered(await signedFetch(service, url, { region, signal: AbortSignal.timeout(limitMs), ...request }))

  return {
    /** The query protocol, which answers XML. */
    query: (service: string, version: string, action: string, input: Readonly<Record<string, string>> = {}) => {
      // IAM is one for all regions, and signed as if it were in this one
      const isGlobal = service === 'iam'
      return send(service, urlOf(isGlobal ? 'iam.amazonaws.com' : `${service}.${region}.amazonaws.com`), {
        method: 'POST',
        ...(isGlobal && { region: 'us-east-1' }),
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams({ Action: action, Version: version, ...input }).toString(),
      })
    },
    json: async (service: string, target: string, input: object): Promise<unknown> =>
      JSON.parse(
        await send(service, urlOf(`${service}.${region}.amazonaws.com`), {
          method: 'POST',
          headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': target },
          body: JSON.stringify(input),
        }),
      ),
    get: async (service: string, path: string): Promise<unknown> =>
      JSON.parse(await send(service, urlOf(`${service}.${region}.amazonaws.com`, path), { method: 'GET' })),
  }
}

export type Account = ReturnType<typeof openAccount>
