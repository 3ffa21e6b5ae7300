import { RegionInfo } from 'aws-cdk-lib/region-info'
import { shapedLike, unless } from './check.ts'
import type { Domain, ExistingDatabase, SecretSignIn, Stage } from './stage.ts'

export const checkRegion = (region: string) =>
  unless(
    region === '' || RegionInfo.regions.some(({ name }) => name === region),
    `region is "${region}", which AWS does not have; use one like eu-west-1, or leave it empty for the region of the credentials.`,
  )

const certificate = /^arn:aws[a-z-]*:acm:([a-z0-9-]+):\d{12}:certificate\/[0-9a-f-]+$/
const hostName = /^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$/

const checkDomain = (setting: string, { name, certificateArn }: Domain, region: string) => {
  const [, certificateRegion] = certificate.exec(certificateArn) ?? []
  return [
    ...unless(
      hostName.test(name),
      `${setting}.name is "${name}"; it must be a host name in lower case, like meters.example.com.`,
    ),
    ...unless(
      certificateRegion !== undefined,
      `${setting}.certificateArn is "${certificateArn}"; it must be the ARN of a certificate in ACM, like arn:aws:acm:eu-west-1:111122223333:certificate/….`,
    ),
    ...unless(
      certificateRegion === undefined || region === '' || certificateRegion === region,
      `${setting}.certificateArn is in ${certificateRegion} and region is ${region}; a certificate works in its own region only.`,
    ),
  ]
}

/** The domains that are set, and the one that the Sigfox gateway requires. */
export const checkDomains = ({ sigfoxDoor, domains: { api, callbacks }, region }: Stage) => [
  ...(api ? checkDomain('domains.api', api, region) : []),
  ...(callbacks ? checkDomain('domains.callbacks', callbacks, region) : []),
  ...unless(
    sigfoxDoor === 'lambda' || callbacks !== null,
    'domains.callbacks is null; with sigfoxDoor container it must have a name and a certificateArn, because Sigfox refuses a certificate that no authority has signed.',
  ),
]

const secret = /^arn:aws[a-z-]*:secretsmanager:([a-z0-9-]+):\d{12}:secret:[\w/+=.@!-]+-[A-Za-z0-9]{6}$/

const checkGroup = (setting: string, id: string | null) =>
  shapedLike(setting, id === null ? [] : [id], /^sg-[0-9a-f]+$/, 'sg-0123456789abcdef0, or null')

const checkSecret = ({ secretArn, secretsEndpointGroupId }: SecretSignIn, region: string) => {
  const setting = 'database.existing.signIn'
  const [, secretRegion = region] = secret.exec(secretArn) ?? []
  return [
    ...shapedLike(
      `${setting}.secretArn`,
      [secretArn],
      secret,
      'arn:aws:secretsmanager:eu-west-1:111122223333:secret:meters-AbCdEf, with the six characters at its end',
    ),
    ...unless(
      region === '' || secretRegion === region,
      `${setting}.secretArn is in ${secretRegion} and region is ${region}; the endpoint in the network reaches secrets of its own region only.`,
    ),
    ...checkGroup(`${setting}.secretsEndpointGroupId`, secretsEndpointGroupId),
  ]
}

/** The form of the ids of an existing database and its network. Nothing is looked up in the account. */
export const checkExisting = ({ host, securityGroupId, signIn, network }: ExistingDatabase, region: string) => {
  const { vpcId, zones, publicSubnetIds, privateSubnetIds, busEndpointGroupId } = network
  const setting = 'database.existing'
  return [
    ...shapedLike(`${setting}.host`, [host], hostName, 'meters.abc.eu-west-1.rds.amazonaws.com'),
    ...shapedLike(`${setting}.securityGroupId`, [securityGroupId], /^sg-[0-9a-f]+$/, 'sg-0123456789abcdef0'),
    ...('secretArn' in signIn
      ? checkSecret(signIn, region)
      : shapedLike(`${setting}.signIn.resourceId`, [signIn.resourceId], /^db-[A-Z0-9]+$/, 'db-ABCDEFGHIJKL')),
    ...shapedLike(`${setting}.network.vpcId`, [vpcId], /^vpc-[0-9a-f]+$/, 'vpc-0123456789abcdef0'),
    ...shapedLike(
      `${setting}.network`,
      [...publicSubnetIds, ...privateSubnetIds],
      /^subnet-[0-9a-f]+$/,
      'subnet-0123456789abcdef0',
    ),
    ...checkGroup(`${setting}.network.busEndpointGroupId`, busEndpointGroupId),
    ...unless(
      zones.length === 2 && publicSubnetIds.length === 2 && privateSubnetIds.length === 2,
      `${setting}.network has ${zones.length} zones, ${publicSubnetIds.length} public and ${privateSubnetIds.length} private subnets; it must have two of each, in the same order.`,
    ),
  ]
}
