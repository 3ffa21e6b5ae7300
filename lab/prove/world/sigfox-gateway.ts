import { join } from 'node:path'
import { setting } from '../../../contract/settings.ts'
import { startSecrets } from '../../../local/engines/secrets.ts'
import { awsEnvironment, secretsFor, sigfoxGatewayEnvironment } from '../../../local/process/overrides.ts'
import { freePort } from '../../../local/process/ports.ts'
import type { SigfoxDoor } from '../../ledger/sigfox-door.ts'
import { startGatewayProcess } from './own-gateway.ts'
import type { World } from './world.ts'

const main = join(import.meta.dirname, '../../../http-gateway/main.ts')

/** The settings of the callback's function and of its authorizer, which the container shares. */
const declaredOf = ({ local }: World): Record<string, string> =>
  Object.assign(
    {},
    ...local.plan.functions
      .map(({ environment }) => environment)
      .filter((environment) => setting.sigfoxFields in environment || setting.sigfoxSecretArn in environment),
  )

/** Starts the container variant of the Sigfox door, on the same topic and with the same token as the run's functions. */
const startOwnSigfoxGateway = async (world: World): Promise<SigfoxDoor & { readonly stop: () => Promise<void> }> => {
  const declared = declaredOf(world)
  const secrets = await startSecrets(secretsFor([declared], world.sigfox.token))
  const [port, healthPort] = [await freePort(), await freePort()]
  const started = startGatewayProcess(main, healthPort, {
    dataDir: world.dataDir,
    name: 'own-sigfox-gateway',
    env: {
      ...declared,
      ...awsEnvironment({ busUrl: world.bus.url, secretsUrl: secrets.url }),
      ...sigfoxGatewayEnvironment(port, healthPort),
      [setting.queueBytes]: String(2 ** 27),
    },
    nodeFlags: [`--conditions=${world.kind}`],
  })
  started.catch(secrets.stop)
  const { signal, ended } = await started
  const stop = async () => {
    signal('SIGTERM')
    await ended
    await secrets.stop()
  }
  return { ...world.sigfox, url: `http://127.0.0.1:${port}`, stop }
}

/** Runs the same test on both variants of the door. */
export const throughBothDoors = async (
  world: World,
  test: (door: SigfoxDoor, name: 'functions' | 'container') => Promise<void>,
): Promise<void> => {
  await test(world.sigfox, 'functions')
  const gateway = await startOwnSigfoxGateway(world)
  try {
    await test(gateway, 'container')
  } finally {
    await gateway.stop()
  }
}
