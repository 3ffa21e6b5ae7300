import { dev } from '../../bin/stages.ts'
import type { ExistingDatabase, Stage } from '../../lib/stage/stage.ts'

export const resourceId = 'db-ABCDEFGHIJKL'
export const secretArn = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:rds!db-0a1b2c3d-AbCdEf'

/** An existing database that uses IAM sign-in. */
export const existing: ExistingDatabase = {
  instanceId: 'meters',
  host: 'meters.abc.eu-west-1.rds.amazonaws.com',
  port: 5433,
  securityGroupId: 'sg-0123456789abcdef0',
  signIn: { resourceId },
  network: {
    vpcId: 'vpc-0123456789abcdef0',
    zones: ['eu-west-1a', 'eu-west-1b'],
    publicSubnetIds: ['subnet-0a', 'subnet-0b'],
    privateSubnetIds: ['subnet-0c', 'subnet-0d'],
    busEndpointGroupId: null,
  },
}
/** A stage with that database and these changes to it. */
export const using = (changes: Partial<ExistingDatabase> = {}): Stage => ({
  ...dev,
  database: { ...dev.database, existing: { ...existing, ...changes } },
})

/** A stage whose database has its password in a secret. */
export const bySecret = using({ signIn: { secretArn, secretsEndpointGroupId: null } })
