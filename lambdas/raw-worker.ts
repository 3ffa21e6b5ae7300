import { openPulseTopic, rawTopicHandler } from '#bus'
import { connectDatabase, databaseSettings } from '../adapters/postgres/connection/connect.ts'
import { postgresMessageStore } from '../adapters/postgres/write/message-store.ts'
import { sha256 } from '../adapters/process/ids.ts'
import { openMetrics } from '../adapters/process/metrics.ts'
import { oneOf, optionalText, readSettings, text } from '../adapters/process/settings.ts'
import { setting } from '../contract/settings.ts'
import { storeRaw } from '../core/ingest/store-raw.ts'
import { lanes } from '../core/message/lane.ts'

const settings = readSettings(process.env, {
  lane: oneOf(setting.lane, lanes),
  pulseTopicUrl: text(setting.pulseTopicUrl),
  metricsNamespace: optionalText(setting.metricsNamespace),
  ...databaseSettings,
})

const metrics = openMetrics(settings.metricsNamespace, { lane: settings.lane, step: 'raw' })
const store = postgresMessageStore(connectDatabase(settings), metrics)
const pulse = openPulseTopic(settings.pulseTopicUrl)

/** The raw worker of one lane: stores every message once, and publishes the ids of all. */
export const handler = rawTopicHandler(
  settings.lane,
  storeRaw({ store, pulse, digest: sha256 }, settings.lane),
  metrics,
)
