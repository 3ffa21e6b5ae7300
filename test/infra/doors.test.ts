import { describe, expect, test } from 'vitest'
import { prod } from '../../bin/stages.ts'
import { sigfoxDoors, type Throttle } from '../../lib/stage/stage.ts'
import { resources, type Synthesised, synthesise, synthesiseStages } from '../support/templates.ts'

/** Properties of the only resource of a type. */
const only = ({ ingest }: Synthesised, type: string) => {
  const found = resources(ingest, type).map(([, { Properties }]) => Properties)
  expect(found).toHaveLength(1)
  return found[0]
}

const routesOf = ({ ingest }: Synthesised) =>
  Object.fromEntries(
    resources(ingest, 'AWS::ApiGatewayV2::Route').map(([, { Properties }]) => [
      Properties.RouteKey,
      Properties.AuthorizationType,
    ]),
  )

const limit = ({ requestsPerSecond, burst }: Throttle) => ({
  ThrottlingRateLimit: requestsPerSecond,
  ThrottlingBurstLimit: burst,
})

describe.each(synthesise())('HTTP API of $stage.name on $stage.bus', (synthesised) => {
  const { stage, ingest } = synthesised

  test('no route is open: callbacks pass the authorizer, and reading back needs IAM', () => {
    expect(routesOf(synthesised)).toEqual({
      'POST /sigfox/uplink': 'CUSTOM',
      'POST /sigfox/batch': 'CUSTOM',
      'GET /v1/{proxy+}': 'AWS_IAM',
    })
  })

  test('an answer of the authorizer is cached by token and route', () => {
    expect(only(synthesised, 'AWS::ApiGatewayV2::Authorizer')).toMatchObject({
      AuthorizerType: 'REQUEST',
      EnableSimpleResponses: true,
      AuthorizerResultTtlInSeconds: 300,
      IdentitySource: ['$request.header.Authorization', '$context.routeKey'],
    })
  })

  test('each route has the limits that the stage sets, and exists before they are applied', () => {
    const { callbacks, readings } = stage.throttle
    expect(only(synthesised, 'AWS::ApiGatewayV2::Stage')).toMatchObject({
      DefaultRouteSettings: limit(readings),
      RouteSettings: {
        'POST /sigfox/uplink': limit(callbacks),
        'POST /sigfox/batch': limit(callbacks),
        'GET /v1/{proxy+}': limit(readings),
      },
    })
    const routes = resources(ingest, 'AWS::ApiGatewayV2::Route')
    const [[, { DependsOn }]] = resources(ingest, 'AWS::ApiGatewayV2::Stage') as [[string, { DependsOn: string[] }]]
    expect(DependsOn).toEqual(expect.arrayContaining(routes.map(([id]) => id)))
  })

  test('Sigfox gets its answer before it hangs up after 10 s', () => {
    const seconds = resources(ingest, 'AWS::Lambda::Function')
      .filter(([id]) => id.startsWith('SigfoxApi'))
      .map(([, { Properties }]) => Properties.Timeout)
    expect(seconds).toHaveLength(2)
    expect(seconds[0] + seconds[1]).toBeLessThan(10)
  })
})

describe.each(synthesise(['sqs', 'kinesis'], ['container']))(
  'HTTP API of $stage.name on $stage.bus beside a Sigfox gateway',
  (synthesised) => {
    test('has no route for callbacks, and reading back still needs IAM', () => {
      expect(routesOf(synthesised)).toEqual({ 'GET /v1/{proxy+}': 'AWS_IAM' })
      expect(resources(synthesised.ingest, 'AWS::ApiGatewayV2::Authorizer')).toEqual([])
      expect(only(synthesised, 'AWS::ApiGatewayV2::Stage').RouteSettings).toEqual({
        'GET /v1/{proxy+}': limit(synthesised.stage.throttle.readings),
      })
    })
  },
)

test.each(sigfoxDoors)('the outputs show the addresses and the secret, with %s', (door) => {
  for (const { stage, data, ingest } of synthesise(['sqs'], [door])) {
    const outputs = ingest.findOutputs('*')
    expect(Object.keys(outputs)).toEqual(
      expect.arrayContaining([
        ...['SigfoxCallbackUrl', 'SigfoxBatchUrl', 'SigfoxSecretArn', 'UdpAddress', 'ApiUrl'],
        ...['DashboardUrl', 'AlarmTopicArn'],
      ]),
    )
    if (door === 'container')
      expect(outputs.SigfoxBatchUrl?.Value).toBe(`https://${stage.domains.callbacks?.name}/sigfox/batch`)
    const ofData = Object.keys(data.findOutputs('*')).filter((id) => id.startsWith('FrontDoor'))
    expect(ofData.map((id) => id.slice(0, -8))).toEqual(['FrontDoorName', 'FrontDoorAddresses'])
  }
})

describe('with a domain of its own', () => {
  const certificateArn = 'arn:aws:acm:eu-west-1:111122223333:certificate/00000000-0000-0000-0000-000000000000'
  const named = { ...prod, domains: { ...prod.domains, api: { name: 'meters.example.com', certificateArn } } }
  const [synthesised] = synthesiseStages([named])
  if (!synthesised) throw new Error('nothing was synthesised')
  const { ingest } = synthesised

  test('the HTTP API requires TLS 1.2 or later, and answers to no other name', () => {
    expect(only(synthesised, 'AWS::ApiGatewayV2::DomainName')).toMatchObject({
      DomainName: 'meters.example.com',
      DomainNameConfigurations: [{ CertificateArn: certificateArn, SecurityPolicy: 'TLS_1_2' }],
    })
    expect(only(synthesised, 'AWS::ApiGatewayV2::Api').DisableExecuteApiEndpoint).toBe(true)
    expect(resources(ingest, 'AWS::ApiGatewayV2::ApiMapping')).toHaveLength(1)
  })

  test('the outputs show the domain and where it must point to', () => {
    const outputs = ingest.findOutputs('*')
    expect(outputs.ApiUrl?.Value).toBe('https://meters.example.com/v1')
    expect(outputs.SigfoxCallbackUrl?.Value).toBe('https://meters.example.com/sigfox/uplink')
    expect(Object.keys(outputs).some((id) => id.startsWith('HttpDomainTarget'))).toBe(true)
  })
})
