import { describe, expect, test } from 'vitest'
import { setting } from '../../contract/settings.ts'
import { concurrencyNeeded, connectionsNeeded } from '../../lib/stage/connections.ts'
import { ourFunctions, resources, synthesise } from '../support/templates.ts'

const databaseUsers: [id: RegExp, user: string | undefined][] = [
  [/^(Sigfox|NBIoT)(Raw|Pulse)Worker/, 'sluice_app'],
  [/^ReadingApi/, 'sluice_reader'],
  [/^Upkeep/, 'sluice_owner'],
  [/^Operations/, 'sluice_operator'],
  [/^SigfoxApi/, undefined],
]

describe.each(synthesise())('functions of $stage.name on $stage.bus', ({ stage, ingest }) => {
  const functions = ourFunctions(ingest)
  const mappings = resources(ingest, 'AWS::Lambda::EventSourceMapping')

  test('all run on arm64 and Node 24, with a log group that has a retention', () => {
    expect(functions).toHaveLength(9)
    for (const [, { Properties }] of functions) {
      expect(Properties).toMatchObject({ Architectures: ['arm64'], Runtime: 'nodejs24.x' })
      const group = ingest.findResources('AWS::Logs::LogGroup')[Properties.LoggingConfig.LogGroup.Ref]
      expect(group?.Properties.RetentionInDays).toBe(stage.logRetentionDays)
      expect(group?.DeletionPolicy).toBe(stage.keepData ? 'RetainExceptOnCreate' : 'Delete')
    }
  })

  test('environments hold only settings that the processes read, and no password', () => {
    const names = functions.flatMap(([, { Properties }]) => Object.keys(Properties.Environment.Variables))
    const known: string[] = [...Object.values(setting), 'NODE_EXTRA_CA_CERTS']
    expect(names.filter((name) => !known.includes(name))).toEqual([])
    expect(names).not.toContain(setting.databasePassword)
    // If unset, the server's certificate is verified.
    expect(names).not.toContain(setting.databaseTls)
  })

  test.each(databaseUsers)('%s sign in to the database as %s only', (id, user) => {
    const chosen = functions.filter(([name]) => id.test(name))
    expect(chosen).not.toEqual([])
    for (const [, { Properties }] of chosen) {
      expect(Properties.Environment.Variables[setting.databaseUser]).toBe(user)
      expect(Boolean(Properties.VpcConfig)).toBe(user !== undefined)
      const [role] = Properties.Role['Fn::GetAtt']
      const statements = resources(ingest, 'AWS::IAM::Policy')
        .filter(([, policy]) => policy.Properties.Roles.some(({ Ref }: { Ref: string }) => Ref === role))
        .flatMap(([, policy]) => policy.Properties.PolicyDocument.Statement)
        .filter(({ Action }: { Action: string }) => JSON.stringify(Action).includes('rds-db'))
      const users = statements.map((s: { Resource: { 'Fn::Join': [string, unknown[]] } }) =>
        s.Resource['Fn::Join'][1].at(-1),
      )
      expect(users).toEqual(user ? [`/${user}`] : [])
    }
  })

  test.each([
    ['SigfoxRawWorker', 'ProcessRawDataSigfox', 'sigfox'],
    ['SigfoxPulseWorker', 'ProcessPulseDataSigfox', 'sigfox'],
    ['NBIoTRawWorker', 'ProcessRawDataNBIoT', 'nbiot'],
    ['NBIoTPulseWorker', 'ProcessPulseDataNBIoT', 'nbiot'],
  ])('%s reads %s', (worker, topic, lane) => {
    const [, { Properties }] = functions.find(([id]) => id.startsWith(worker)) ?? ['', { Properties: {} }]
    expect(Properties.Environment.Variables[setting.lane]).toBe(lane)
    const [, mapping] = mappings.find(([id]) => id.startsWith(worker)) ?? ['', {}]
    expect(mapping.Properties.FunctionName.Ref).toMatch(new RegExp(`^${worker}`))
    expect(mapping.Properties.EventSourceArn['Fn::GetStackOutput'].OutputName).toMatch(
      new RegExp(`${topic}(Queue|Stream)`),
    )
  })

  test('all functions that decode have the same default profile, because each replays messages of both lanes', () => {
    const decoding = functions.filter(([id]) => /PulseWorker|^(Operations|Upkeep)/.test(id))
    const taken = decoding.map(([, { Properties }]) => Properties.Environment.Variables[setting.defaultProfile])
    expect(taken).toEqual(Array(4).fill(stage.sigfox.defaultProfile))
  })

  test('together they hold no more connections than planned', () => {
    const workers = mappings.map(([, { Properties }]) =>
      stage.bus === 'sqs'
        ? Properties.ScalingConfig.MaximumConcurrency
        : Properties.ParallelizationFactor * Number(stage.shards),
    )
    const api = functions.filter(([id]) => /^(ReadingApi|Operations)/.test(id))
    const reserved = api.map(([, { Properties }]) => Properties.ReservedConcurrentExecutions)
    if (!stage.reserveConcurrency) {
      // dev: no callers but its developer
      expect(reserved).toEqual([undefined, undefined])
      return
    }
    const bounded = [...workers, ...reserved]
    const upkeep = 2
    expect(bounded.reduce((sum, n) => sum + n, upkeep)).toBe(connectionsNeeded(stage))
  })

  test('an account needs the concurrency that is reserved here and 100 more, and a new account has enough for dev', () => {
    const reserved = functions.reduce(
      (sum, [, { Properties }]) => sum + (Properties.ReservedConcurrentExecutions ?? 0),
      0,
    )
    expect(concurrencyNeeded(stage)).toEqual({ reserved, quota: reserved === 0 ? 0 : reserved + 100 })
    expect(concurrencyNeeded(stage).quota).toBe({ dev: 0, load: 112, prod: 112 }[stage.name])
  })

  test('the operations function has the name that --stack expects, and only IAM may invoke it', () => {
    const [[id, { Properties }] = ['', { Properties: {} }], ...more] = functions.filter(([name]) =>
      /^Operations/.test(name),
    )
    expect(more).toEqual([])
    expect(Properties.FunctionName).toBe(`sluice-${stage.name}-ingest-operations`)
    expect(resources(ingest, 'AWS::Lambda::Url')).toEqual([])
    const permitted = resources(ingest, 'AWS::Lambda::Permission').map(([, { Properties }]) =>
      JSON.stringify(Properties),
    )
    expect(permitted.filter((text) => text.includes(id))).toEqual([])
  })

  test('upkeep runs before a worker or the API changes, and daily', () => {
    const [[atDeploy, trigger]] = resources(ingest, 'Custom::Trigger') as [[string, Record<string, never>]]
    expect(JSON.stringify(trigger)).toContain('UpkeepCurrentVersion')
    const waiting = [...functions, ...mappings].filter(([, { DependsOn }]) => DependsOn?.includes(atDeploy))
    expect(waiting.map(([id]) => id).filter((id) => /^(Sigfox|NBIoT)(Raw|Pulse)|^ReadingApi/.test(id))).toHaveLength(9)
    ingest.hasResourceProperties('AWS::Events::Rule', { ScheduleExpression: 'rate(1 day)', State: 'ENABLED' })
  })
})
