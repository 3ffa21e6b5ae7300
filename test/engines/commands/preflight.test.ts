import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { serve } from '../../support/sqs-queue.ts'

/** What the account answers to an action, as status and body; what is not here is refused. */
type Answers = Record<string, readonly [status: number, body: string]>

const refusal = (code: string) => `<ErrorResponse><Error><Code>${code}</Code></Error></ErrorResponse>`
const many = (count: number, element: string) => `<${element}>x</${element}>`.repeat(count)
const stackIn = (state: string) => `<StackStatus>${state}</StackStatus>`
const quotaOf = (value: number) => JSON.stringify({ Quota: { Value: value } })
const limit = (all: number, unreserved: number) =>
  JSON.stringify({ AccountLimit: { ConcurrentExecutions: all, UnreservedConcurrentExecutions: unreserved } })

/** An account in which nothing was ever made. */
const empty: Answers = {
  GetCallerIdentity: [200, '<Arn>arn:aws:iam::111122223333:user/someone</Arn>'],
  'GetParameter /cdk-bootstrap/hnb659fds/version': [400, '{"__type":"ParameterNotFound"}'],
  'DescribeStacks sluice-prod-data': [400, refusal('ValidationError')],
  'DescribeStacks sluice-prod-ingest': [400, refusal('ValidationError')],
  DescribeVpcs: [200, many(1, 'vpcId')],
  DescribeAddresses: [200, many(4, 'publicIp')],
  'GetServiceQuota L-F678F1CE': [200, quotaOf(5)],
  'GetServiceQuota L-0263D0A3': [400, '{"__type":"com.amazonaws#NoSuchResourceException"}'],
  'GetServiceQuota L-3032A538': [200, quotaOf(6)],
  'GetRole AWSServiceRoleForECS': [404, refusal('NoSuchEntity')],
  'GetRole AWSServiceRoleForElasticLoadBalancing': [404, refusal('NoSuchEntity')],
  'GetRole AWSServiceRoleForRDS': [404, refusal('NoSuchEntity')],
  'GetRole AWSServiceRoleForApplicationAutoScaling_ECSService': [404, refusal('NoSuchEntity')],
  'GET /2016-08-19/account-settings': [200, limit(10, 10)],
}

/** One that is ready for it. */
const ready: Answers = {
  ...empty,
  'GetParameter /cdk-bootstrap/hnb659fds/version': [200, '{"Parameter":{"Value":"30"}}'],
  DescribeAddresses: [200, many(3, 'publicIp')],
  ...Object.fromEntries(
    Object.keys(empty)
      .filter((action) => action.startsWith('GetRole'))
      .map((action) => [action, [200, '<Role/>']] as const),
  ),
  'GET /2016-08-19/account-settings': [200, limit(1_000, 1_000)],
}

let account: Awaited<ReturnType<typeof serve>>
let answers: Answers = {}
let asked: string[] = []
beforeAll(async () => {
  account = await serve(async (request, response) => {
    const body = await text(request)
    const target = String(request.headers['x-amz-target'] ?? '').split('.')[1]
    const input = target ? JSON.parse(body) : Object.fromEntries(new URLSearchParams(body))
    const subject = input.StackName ?? input.RoleName ?? input.QuotaCode ?? input.Name
    const action = target ?? input.Action ?? `${request.method} ${request.url}`
    const name = subject === undefined ? action : `${action} ${subject}`
    asked.push(name)
    const [status, answer] = answers[name] ?? [403, refusal('AccessDenied')]
    response.writeHead(status).end(answer)
  })
})
afterAll(() => account.close())
beforeEach(() => {
  asked = []
})

const run = async (words: readonly string[], environment: Record<string, string> = {}) => {
  const credentials = { AWS_ACCESS_KEY_ID: 'x', AWS_SECRET_ACCESS_KEY: 'x' }
  const { PATH = '', HOME = '' } = process.env
  const child = spawn(process.execPath, ['commands/preflight/main.ts', ...words], {
    env: { PATH, HOME, AWS_ENDPOINT_URL: `http://127.0.0.1:${account.port}`, ...credentials, ...environment },
  })
  const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
  const states = Object.fromEntries(
    out
      .split('\n')
      .map((line) => line.split(/ {2,}/))
      .map(([state, what]) => [what, state]),
  )
  return { code, out, err, states }
}

const first = ['-c', 'env=prod', '-c', 'protected=false']

test('an account that is ready for a first deployment has all that it needs', async () => {
  answers = ready
  const { code, out, err } = await run(first)
  expect(out).toContain('Stage prod in eu-west-1, asked as arn:aws:iam::111122223333:user/someone.')
  expect(out.match(/^ok /gm)).toHaveLength(11)
  expect({ code, err }).toEqual({ code: 0, err: '' })
})

test('in a new account each thing that is missing has a line, and a line that says what to do', async () => {
  answers = empty
  const { code, out, err, states } = await run(first)
  expect(states).toMatchObject({
    'bootstrap of the CDK': 'missing',
    'Elastic IP addresses': 'missing',
    'role AWSServiceRoleForECS': 'missing',
    'Lambda concurrency to reserve, beside the 100 that stay unreserved': 'missing',
    'networks (VPC)': 'ok',
    'virtual CPUs of Fargate': 'ok',
  })
  expect(out).toContain('do: npx cdk bootstrap -c env=prod')
  expect(out).toContain('do: aws iam create-service-linked-role --aws-service-name ecs.amazonaws.com')
  expect(out.match(/do: aws service-quotas request-service-quota-increase/g)).toHaveLength(2)
  expect(err).toBe('\nThe deployment would fail: 7 things are missing.\n')
  expect(code).toBe(1)
})

test('a first deployment with protection is refused, and a protected stage that stands is not', async () => {
  answers = ready
  const refused = await run(['-c', 'env=prod'])
  expect(refused.out).toContain('do: a first deployment needs -c protected=false')
  expect(refused.code).toBe(1)
  for (const part of ['data', 'ingest'])
    answers = { ...answers, [`DescribeStacks sluice-prod-${part}`]: [200, stackIn('UPDATE_COMPLETE')] }
  // it has its addresses and its concurrency already
  answers = { ...answers, DescribeAddresses: [200, many(5, 'publicIp')] }
  expect(await run(['-c', 'env=prod'])).toMatchObject({ code: 0, err: '' })
})

test.each(['ROLLBACK_FAILED', 'UPDATE_ROLLBACK_FAILED', 'CREATE_IN_PROGRESS'])(
  'a stack in %s is refused',
  async (state) => {
    answers = { ...ready, 'DescribeStacks sluice-prod-ingest': [200, stackIn(state)] }
    const { code, states } = await run(first)
    expect(states['stack sluice-prod-ingest']).toBe('missing')
    expect(code).toBe(1)
  },
)

test('a first deployment that was rolled back can be tried again', async () => {
  answers = { ...ready, 'DescribeStacks sluice-prod-data': [200, stackIn('ROLLBACK_COMPLETE')] }
  expect((await run(first)).code).toBe(0)
})

test('what the identity may not ask is unknown, and no reason to fail', async () => {
  const { GetCallerIdentity } = ready
  answers = { GetCallerIdentity } as Answers
  const { code, out } = await run(first)
  expect(out.match(/^unknown .*AccessDenied \(\w+:\w+/gm)).toHaveLength(11)
  expect(code).toBe(0)
})

test('it only reads', async () => {
  answers = ready
  await run(first)
  expect(asked.filter((name) => !/^(Get|Describe|GET )/.test(name))).toEqual([])
})

test('without credentials it prints what it would ask, with what the stage needs', async () => {
  const nobody = {
    AWS_ACCESS_KEY_ID: '',
    AWS_SECRET_ACCESS_KEY: '',
    AWS_EC2_METADATA_DISABLED: 'true',
    HOME: '/nonexistent',
  }
  const { code, out } = await run(['-c', 'env=load'], { ...nobody, AWS_REGION: 'eu-west-1' })
  expect(out).toMatch(/^Nothing was asked: There are no AWS credentials/)
  expect(out).toMatch(/^not asked {2}Lambda concurrency .* {2}12 more .* lambda:GetAccountSettings$/m)
  expect(out).toMatch(/^not asked {2}virtual CPUs of Fargate {2,}16, during a deployment/m)
  expect(code).toBe(0)
  expect(asked).toEqual([])
})

test('a stage that cannot work, and no stage, are refused before anything is asked', async () => {
  expect(await run(['-c', 'env=dev', '-c', 'protected=true'])).toMatchObject({
    code: 1,
    err: expect.stringMatching(/^protected is true and keepData false/),
  })
  expect(await run([])).toMatchObject({ code: 2, err: expect.stringMatching(/^Usage: npm run preflight/) })
  expect(asked).toEqual([])
})
