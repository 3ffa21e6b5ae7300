import { integer, optionalText, readSettings, text, textMap } from '../adapters/process/settings.ts'
import { setting } from '../contract/settings.ts'
import { readFieldNames } from '../core/sigfox/body.ts'

const miB = 1024 * 1024

/**
 * The settings of the gateway, under the names that the UDP gateway and the callback's function use. Beside these,
 * `adapters/aws` reads AWS_REGION and the credentials of the task.
 * @throws SettingsError naming every variable that is wrong
 */
export const readGatewaySettings = (environment: Readonly<Record<string, string | undefined>>) => {
  const { fieldNames, batchColumns, ...settings } = readSettings(environment, {
    rawTopicUrl: text(setting.rawTopicUrl),
    secretArn: text(setting.sigfoxSecretArn),
    fieldNames: textMap(setting.sigfoxFields),
    batchColumns: text(setting.sigfoxBatchColumns),
    httpPort: integer(setting.httpPort, { min: 0, max: 65_535 }),
    healthPort: integer(setting.healthPort, { min: 0, max: 65_535 }),
    // a callback waits for it, and all that it waits for must fit into 8 s
    lingerMs: integer(setting.lingerMilliseconds, { min: 1, max: 1_000 }),
    drainSeconds: integer(setting.drainSeconds, { min: 0, max: 110 }),
    // the largest callback must fit even if each of its lines is one letter
    queueBytes: integer(setting.queueBytes, { min: 128 * miB, max: 4096 * miB }),
    listenAddress: optionalText(setting.listenAddress),
    metricsNamespace: optionalText(setting.metricsNamespace),
  })
  const callback = { fieldNames: readFieldNames(fieldNames), batchColumns: batchColumns.split(';') }
  return { ...settings, callback }
}
