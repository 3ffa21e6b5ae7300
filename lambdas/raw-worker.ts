import { openPulseTopic, rawTopicHandler } from '#bus'
import { openMetrics } from '../adapters/metrics.ts'
import { connectDatabase, databaseSettings } from '../adapters/postgres/connect.ts'
import { postgresMessageStore } from '../adapters/postgres/message-store.ts'
import { oneOf, optionalText, readSettings, text } from '../adapters/settings.ts'
import { sha256 } from '../adapters/sha256.ts'
import { setting } from '../core/settings.ts'
import { storeRaw } from '../core/store-raw.ts'
import { lanes } from '../core/uplink.ts'

const settings = readSettings(process.env, {
  lane: oneOf(setting.lane, lanes),
  pulseTopicUrl: text(setting.pulseTopicUrl),
  metricsNamespace: optionalText(setting.metricsNamespace),
  ...databaseSettings,
})

const metrics = openMetrics(settings.metricsNamespace, { lane: settings.lane, step: 'raw' })
const store = postgresMessageStore(connectDatabase(settings), metrics)
const pulse = openPulseTopic(settings.pulseTopicUrl)

/** The raw worker of one lane: keeps every message once, and passes on the ids of all. */
export const handler = rawTopicHandler(settings.lane, storeRaw({ store, pulse, digest: sha256 }, settings.lane))
