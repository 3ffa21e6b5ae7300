import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { setting } from '../../../contract/settings.ts'
import { gatewayBoot } from '../../../local/doors/gateway-process.ts'
import { startSecrets } from '../../../local/engines/secrets.ts'
import { forkChild } from '../../../local/process/child.ts'
import { awsEnvironment, secretsFor, sigfoxGatewayEnvironment } from '../../../local/process/overrides.ts'
import { freePort } from '../../../local/process/ports.ts'
import type { SigfoxDoor } from '../../ledger/sigfox-door.ts'
import type { World } from './world.ts'

const main = join(import.meta.dirname, '../../../http-gateway/main.ts')

const isHealthy = (port: number) =>
  fetch(`http://127.0.0.1:${port}/healthz`, { signal: AbortSignal.timeout(1_000) }).then(
    ({ ok }) => ok,
    () => false,
  )

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
  const child = forkChild(gatewayBoot, [main], {
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
  const ended = once(child, 'exit')
  const stop = async () => {
    child.kill('SIGTERM')
    await ended
    await secrets.stop()
  }
  const deadline = Date.now() + 15_000
  while (!(await isHealthy(healthPort))) {
    if (child.exitCode !== null || Date.now() > deadline) {
      await stop()
      throw new Error(`A Sigfox gateway did not start. See the logs in ${world.dataDir}.`)
    }
    await pause(20)
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
