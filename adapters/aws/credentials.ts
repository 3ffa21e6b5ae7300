/** An Error whose name says in one word what is wrong, as AWS's services do. */
export const awsFault = (name: string, message: string): Error => Object.assign(new Error(message), { name })

/** What requests to AWS are signed with. */
export interface Credentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
}

interface Expiring extends Credentials {
  readonly expiresAtMs: number
}

/** The agent beside every container of ECS (ECS developer guide, task IAM role). */
const agentOfEcs = 'http://169.254.170.2'
const agentLimitMs = 1_000
const renewBeforeMs = 5 * 60_000

const askAgent = async (url: string): Promise<Expiring> => {
  const response = await fetch(url, { signal: AbortSignal.timeout(agentLimitMs) })
  if (!response.ok)
    throw awsFault(
      'NoCredentials',
      `The ECS agent did not give the credentials of the task's role (HTTP ${response.status}).`,
    )
  const { AccessKeyId, SecretAccessKey, Token, Expiration } = (await response.json()) as Record<string, string>
  const expiresAtMs = Date.parse(Expiration ?? '')
  if (!AccessKeyId || !SecretAccessKey || !Token || Number.isNaN(expiresAtMs))
    throw awsFault('NoCredentials', "The ECS agent answered something other than the credentials of the task's role.")
  return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: Token, expiresAtMs }
}

/** Those of the environment: Lambda sets them, and they last as long as the process. */
const ofEnvironment = (): Credentials | null => {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_SESSION_TOKEN } = process.env
  if (!accessKeyId || !secretAccessKey) return null
  return { accessKeyId, secretAccessKey, ...(AWS_SESSION_TOKEN ? { sessionToken: AWS_SESSION_TOKEN } : {}) }
}

/** Those of a role, which expire. Callers that ask together share one request to the agent. */
const ofTask = (url: string): (() => Promise<Credentials>) => {
  let held: Expiring | null = null
  let asking: Promise<Expiring> | null = null
  return async () => {
    const leftMs = (held?.expiresAtMs ?? 0) - Date.now()
    if (held && leftMs > renewBeforeMs) return held
    asking ??= askAgent(url).finally(() => {
      asking = null
    })
    try {
      held = await asking
    } catch (error) {
      if (!held || leftMs <= 0) throw error
    }
    return held
  }
}

/**
 * The credentials of this process where we run it: those of the environment, else of the role of its ECS task. The SDK's
 * own chain adds profiles and the sign-ons of people, in 100 KB of every bundle.
 * @returns them, or what gets them and throws `NoCredentials`
 */
export const ownCredentials = (agent = agentOfEcs): Credentials | (() => Promise<Credentials>) => {
  const given = ofEnvironment()
  if (given) return given
  const { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: path } = process.env
  if (path) return ofTask(agent + path)
  return async () => {
    throw awsFault('NoCredentials', 'There are no AWS credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.')
  }
}
