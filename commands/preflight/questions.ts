import { quotasNeeded, serviceRoles } from '../../lib/stage/quotas.ts'
import type { Domain, Stage } from '../../lib/stage/stage.ts'
import { type Account, Refusal } from './account.ts'

/** `missing`: the deployment would fail. */
export interface Finding {
  readonly state: 'ok' | 'missing'
  readonly have: string
}

/** One thing that a deployment needs of its account. */
export interface Question {
  readonly what: string
  readonly need: string
  /** What is called, and so what an identity must be allowed. */
  readonly action: string
  readonly remedy: string
  readonly ask: (account: Account) => Promise<Finding>
}

const verdict = (holds: boolean, have: string): Finding => ({ state: holds ? 'ok' : 'missing', have })

const count = (xml: string, element: string) => xml.split(`<${element}>`).length - 1

const quota = async (account: Account, ServiceCode: string, QuotaCode: string, otherwise: number): Promise<number> => {
  try {
    const answer = await account.json('servicequotas', 'ServiceQuotasV20190624.GetServiceQuota', {
      ServiceCode,
      QuotaCode,
    })
    return (answer as { Quota: { Value: number } }).Quota.Value
  } catch (error) {
    // a quota that was never changed may have no entry: then the default holds
    if (error instanceof Refusal && error.code === 'NoSuchResourceException') return otherwise
    throw error
  }
}

/** Answers what the account says, or `absent` where it says that there is none. */
const unless = async <T>(absent: T, codes: readonly string[], ask: () => Promise<T>): Promise<T> => {
  try {
    return await ask()
  } catch (error) {
    if (error instanceof Refusal && codes.includes(error.code)) return absent
    throw error
  }
}

/** The state of a stack, or null if there is none. CloudFormation says so by a ValidationError. */
const stackState = (account: Account, name: string) =>
  unless(null, ['ValidationError'], async () => {
    const xml = await account.query('cloudformation', '2010-05-15', 'DescribeStacks', { StackName: name })
    return /<StackStatus>(\w+)<\/StackStatus>/.exec(xml)?.[1] ?? null
  })

/** States in which nothing of a stack was ever made for good. */
const isUnmade = (state: string | null) => state === null || /^(REVIEW_IN_PROGRESS|ROLLBACK_COMPLETE)$/.test(state)

const stack = (stage: Stage, part: 'data' | 'ingest'): Question => ({
  what: `stack sluice-${stage.name}-${part}`,
  need: part === 'data' && stage.protected ? 'made before, because the stage is protected' : 'none, or one at rest',
  action: 'cloudformation:DescribeStacks',
  remedy:
    part === 'data' && stage.protected
      ? 'a first deployment needs -c protected=false; for another state see docs/first-deployment-failed.md'
      : 'see docs/first-deployment-failed.md',
  ask: async (account) => {
    const state = await stackState(account, `sluice-${stage.name}-${part}`)
    if (isUnmade(state)) return verdict(part === 'ingest' || !stage.protected, state ?? 'none')
    return verdict(/^(CREATE|UPDATE|UPDATE_ROLLBACK|IMPORT)_COMPLETE$/.test(String(state)), String(state))
  },
})

const role = ({ role, service }: { readonly role: string; readonly service: string }): Question => ({
  what: `role ${role}`,
  need: 'exists',
  action: 'iam:GetRole',
  remedy: `aws iam create-service-linked-role --aws-service-name ${service}`,
  ask: (account) =>
    unless(verdict(false, 'none'), ['NoSuchEntity'], async () => {
      await account.query('iam', '2010-05-08', 'GetRole', { RoleName: role })
      return verdict(true, 'exists')
    }),
})

const certificate = ({ name, certificateArn }: Domain): Question => ({
  what: `certificate of ${name}`,
  need: 'ISSUED',
  action: 'acm:DescribeCertificate',
  remedy: 'docs/deploy.md, A certificate',
  ask: async (account) => {
    const answer = await account.json('acm', 'CertificateManager.DescribeCertificate', {
      CertificateArn: certificateArn,
    })
    const { Status } = (answer as { Certificate: { Status: string } }).Certificate
    return verdict(Status === 'ISSUED', Status)
  },
})

/** The version of the bootstrap whose roles and bucket this CDK expects. */
const bootstrapVersion = 6

const bootstrap = (stage: Stage): Question => ({
  what: 'bootstrap of the CDK',
  need: `version ${bootstrapVersion} or later`,
  action: 'ssm:GetParameter',
  remedy: `npx cdk bootstrap -c env=${stage.name}`,
  ask: (account) =>
    unless(verdict(false, 'none'), ['ParameterNotFound'], async () => {
      const Name = '/cdk-bootstrap/hnb659fds/version'
      const answer = await account.json('ssm', 'AmazonSSM.GetParameter', { Name })
      const version = Number((answer as { Parameter: { Value: string } }).Parameter.Value)
      return verdict(version >= bootstrapVersion, `version ${version}`)
    }),
})

/** What is taken already counts only where the stage has not taken it itself: a stage that stands needs no more. */
const room = (
  stage: Stage,
  needed: number,
  {
    what,
    action,
    remedy,
    used,
    most,
  }: Pick<Question, 'what' | 'action' | 'remedy'> & {
    readonly used: (account: Account) => Promise<number>
    readonly most: (account: Account) => Promise<number>
  },
): Question => ({
  what,
  need: `${needed} more`,
  action,
  remedy,
  ask: async (account) => {
    const [has, limit] = [await used(account), await most(account)]
    const stands = !isUnmade(await stackState(account, `sluice-${stage.name}-data`))
    return verdict(stands || has + needed <= limit, `${has} of ${limit} used${stands ? ', with this stage' : ''}`)
  },
})

const raise = (service: string, code: string, to: string) =>
  `aws service-quotas request-service-quota-increase --service-code ${service} --quota-code ${code} --desired-value ${to}`

interface Concurrency {
  readonly AccountLimit: { readonly ConcurrentExecutions: number; readonly UnreservedConcurrentExecutions: number }
}

const concurrency = (stage: Stage, needed: number): Question =>
  room(stage, needed, {
    what: 'Lambda concurrency to reserve, beside the 100 that stay unreserved',
    action: 'lambda:GetAccountSettings',
    remedy: `${raise('lambda', 'L-B99A9384', '1000')}, or reserveConcurrency: false`,
    used: async (account) => {
      const { AccountLimit } = (await account.get('lambda', '/2016-08-19/account-settings')) as Concurrency
      return AccountLimit.ConcurrentExecutions - AccountLimit.UnreservedConcurrentExecutions
    },
    most: async (account) => {
      const { AccountLimit } = (await account.get('lambda', '/2016-08-19/account-settings')) as Concurrency
      return Math.max(0, AccountLimit.ConcurrentExecutions - 100)
    },
  })

/** All that is asked before a stage is deployed, in the order in which a deployment would meet it. */
export const questionsOf = (stage: Stage): Question[] => {
  const { reservedConcurrency, virtualCpus, elasticIps, networks } = quotasNeeded(stage)
  const { api, callbacks } = stage.domains
  const domains = [api, stage.sigfoxDoor === 'container' ? callbacks : null].filter((one) => one !== null)
  return [
    bootstrap(stage),
    stack(stage, 'data'),
    stack(stage, 'ingest'),
    ...(networks > 0
      ? [
          room(stage, networks, {
            what: 'networks (VPC)',
            action: 'ec2:DescribeVpcs, servicequotas:GetServiceQuota',
            remedy: raise('vpc', 'L-F678F1CE', '10'),
            used: async (account) => count(await account.query('ec2', '2016-11-15', 'DescribeVpcs'), 'vpcId'),
            most: (account) => quota(account, 'vpc', 'L-F678F1CE', 5),
          }),
        ]
      : []),
    room(stage, elasticIps, {
      what: 'Elastic IP addresses',
      action: 'ec2:DescribeAddresses, servicequotas:GetServiceQuota',
      remedy: raise('ec2', 'L-0263D0A3', '10'),
      used: async (account) => count(await account.query('ec2', '2016-11-15', 'DescribeAddresses'), 'publicIp'),
      most: (account) => quota(account, 'ec2', 'L-0263D0A3', 5),
    }),
    ...serviceRoles(stage).map(role),
    ...(reservedConcurrency > 0 ? [concurrency(stage, reservedConcurrency)] : []),
    {
      what: 'virtual CPUs of Fargate',
      need: `${virtualCpus}, during a deployment at most tasks`,
      action: 'servicequotas:GetServiceQuota',
      remedy: raise('fargate', 'L-3032A538', String(Math.max(64, Math.ceil(virtualCpus)))),
      ask: async (account) => {
        const most = await quota(account, 'fargate', 'L-3032A538', 6)
        return verdict(virtualCpus <= most, `${most} in the account`)
      },
    },
    ...domains.map(certificate),
  ]
}
