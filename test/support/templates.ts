import { createHash } from 'node:crypto'
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Template } from 'aws-cdk-lib/assertions'
import { App, type Stack } from 'aws-cdk-lib/core'
import { inject } from 'vitest'
import { buildStage } from '../../bin/app.ts'
import { variantsOf } from '../../bin/variants.ts'
import { buses as everyBus, type Stage } from '../../lib/stage/stage.ts'

process.env.CDK_VALIDATION = 'false'

export const { context } = JSON.parse(readFileSync('cdk.json', 'utf8'))

export const topics = ['ProcessRawDataSigfox', 'ProcessPulseDataSigfox', 'ProcessRawDataNBIoT', 'ProcessPulseDataNBIoT']

export interface Synthesised {
  stage: Stage
  data: Template
  ingest: Template
  /** What each stack is deployed after. */
  order: { data: string[]; ingest: string[] }
}

/** Templates of every stage, by default on either bus with functions for the callback, without bundling. */
export const synthesise = (
  buses: readonly Stage['bus'][] = everyBus,
  doors: readonly Stage['sigfoxDoor'][] = ['lambda'],
): Synthesised[] => buses.flatMap((bus) => doors.flatMap((door) => synthesiseStages(variantsOf(bus, door))))

const dependencies = (stack: Stack) => stack.dependencies.map(({ stackName }) => stackName)

const makeTemplates = (stage: Stage) => {
  const app = new App({ context: { ...context, 'aws:cdk:bundling-stacks': [] } })
  const { data, ingest } = buildStage(stage, app)
  try {
    return {
      data: Template.fromStack(data).toJSON(),
      ingest: Template.fromStack(ingest).toJSON(),
      order: { data: dependencies(data), ingest: dependencies(ingest) },
    }
  } finally {
    rmSync(app.outdir, { recursive: true, force: true })
  }
}

/** Templates as another file of the run has made them of these sources, or else made and kept for the next. */
const sharedTemplates = (stage: Stage): ReturnType<typeof makeTemplates> => {
  const key = createHash('sha256')
    .update(import.meta.dirname + JSON.stringify(stage))
    .digest('hex')
  const path = join(inject('runFolder'), 'templates', key)
  if (existsSync(path)) return JSON.parse(readFileSync(path, 'utf8'))
  const made = makeTemplates(stage)
  const unfinished = `${path}.${process.pid}`
  writeFileSync(unfinished, JSON.stringify(made))
  renameSync(unfinished, path)
  return made
}

/** Templates of these stages. */
export const synthesiseStages = (stages: readonly Stage[]): Synthesised[] =>
  stages.map((stage) => {
    const { data, ingest, order } = sharedTemplates(stage)
    return { stage, data: Template.fromJSON(data), ingest: Template.fromJSON(ingest), order }
  })

/** Resources of one type, by logical id. */
export const resources = (template: Template, type: string) => Object.entries(template.findResources(type))

/** The functions made from our own entry points; CDK adds providers of its own. */
export const ourFunctions = (template: Template) =>
  resources(template, 'AWS::Lambda::Function').filter(([, { Properties }]) => Properties.Handler === 'index.handler')

/** Reads as `tcp 443 from Name` or `udp 5683 to 0.0.0.0/0`, by the group's logical id without its hash. */
export const securityRules = (template: Template) => {
  const name = (id: string) => id.slice(0, -8)
  /** Of this template, or of the other one: the id of the output, without what CDK adds. */
  const groupOf = (value: unknown) => {
    const { 'Fn::GetAtt': own, 'Fn::GetStackOutput': other } = value as {
      'Fn::GetAtt'?: [string]
      'Fn::GetStackOutput'?: { OutputName: string }
    }
    const output = other?.OutputName ?? ''
    return own ? name(own[0]) : (/^PublishOutputFnGetAtt(\w+?)[0-9A-F]{8}GroupId/.exec(output)?.[1] ?? output)
  }
  const peer = (rule: Record<string, unknown>, key: string) => {
    return rule[key] ? groupOf(rule[key]) : String(rule.CidrIp)
  }
  const inward = (rule: Record<string, unknown>) =>
    `${rule.IpProtocol} ${rule.FromPort} from ${peer(rule, 'SourceSecurityGroupId')}`
  const outward = (rule: Record<string, unknown>) =>
    `${rule.IpProtocol} ${rule.FromPort} to ${peer(rule, 'DestinationSecurityGroupId')}`
  // "Disallow all traffic" is CloudFormation's way to take away the rule that EC2 adds to an empty list.
  const real = (rule: Record<string, unknown>) => rule.CidrIp !== '255.255.255.255/32'

  const rules: Record<string, string[]> = {}
  for (const [id, { Properties }] of resources(template, 'AWS::EC2::SecurityGroup')) {
    rules[name(id)] = [
      ...(Properties.SecurityGroupIngress ?? []).map(inward),
      ...(Properties.SecurityGroupEgress ?? []).filter(real).map(outward),
    ]
  }
  const add = (type: string, say: (rule: Record<string, unknown>) => string) => {
    for (const [, { Properties }] of resources(template, type)) {
      const group = groupOf(Properties.GroupId)
      rules[group] = [...(rules[group] ?? []), say(Properties)]
    }
  }
  add('AWS::EC2::SecurityGroupIngress', inward)
  add('AWS::EC2::SecurityGroupEgress', outward)
  // EC2 lets everything out of a group that says nothing of it, here or in a rule of its own.
  for (const [id, { Properties }] of resources(template, 'AWS::EC2::SecurityGroup'))
    if (!Properties.SecurityGroupEgress && !rules[name(id)]?.some((rule) => rule.includes(' to ')))
      rules[name(id)]?.push('all to anywhere')
  return rules
}
