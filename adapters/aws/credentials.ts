import { awsFault } from './fault.ts'

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
      `The agent of ECS gives no credentials of the task's role (HTTP ${response.status}).`,
    )
  const { AccessKeyId, SecretAccessKey, Token, Expiration } = (await response.json()) as Record<string, string>
  const expiresAtMs = Date.parse(Expiration ?? '')
  if (!AccessKeyId || !SecretAccessKey || !Token || Number.isNaN(expiresAtMs))
    throw awsFault('NoCredentials', "What the agent of ECS answers are no credentials of the task's role.")
  return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: Token, expiresAtMs }
}

/** Those of the environment: Lambda sets them, and they last as long as the process does. */
const ofEnvironment = (): Credentials | null => {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_SESSION_TOKEN } = process.env
  if (!accessKeyId || !secretAccessKey) return null
  return { accessKeyId, secretAccessKey, ...(AWS_SESSION_TOKEN ? { sessionToken: AWS_SESSION_TOKEN } : {}) }
}

/** Those of a role that expire: asked for again before that, by one of many callers, and used as long as they last. */
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
 * The credentials of this process, where it runs for us: those of the environment, or of the role of a task of ECS.
 * Neither profiles nor sign-ons of people: that is what the SDK's chain adds, in 100 KB of every bundle.
 */
export const ownCredentials = (agent = agentOfEcs): (() => Promise<Credentials>) => {
  const given = ofEnvironment()
  if (given) return async () => given
  const { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: path } = process.env
  if (path) return ofTask(agent + path)
  return async () => {
    throw awsFault('NoCredentials', 'There are no AWS credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.')
  }
}
