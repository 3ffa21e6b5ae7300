import { pulseTopicHandler } from '#bus'
import { connectDatabase, databaseSettings } from '../adapters/postgres/connection/connect.ts'
import { postgresReplayStore } from '../adapters/postgres/replay/store.ts'
import { postgresReadingStore } from '../adapters/postgres/write/reading-store.ts'
import { sha256 } from '../adapters/process/ids.ts'
import { openMetrics } from '../adapters/process/metrics.ts'
import { oneOf, optionalText, readSettings } from '../adapters/process/settings.ts'
import { setting } from '../contract/settings.ts'
import { profileOfDatagram, profiles } from '../core/devices/index.ts'
import { countPulses } from '../core/ingest/count-pulses.ts'
import { lanes } from '../core/message/lane.ts'

const { lane, defaultProfile, metricsNamespace, ...database } = readSettings(process.env, {
  lane: oneOf(setting.lane, lanes),
  defaultProfile: optionalText(setting.defaultProfile),
  metricsNamespace: optionalText(setting.metricsNamespace),
  ...databaseSettings,
})

const metrics = openMetrics(metricsNamespace, { lane, step: 'pulse' })
const pool = connectDatabase(database)
const store = postgresReadingStore(pool, metrics)
const replays = postgresReplayStore(pool)

/** The pulse worker of one lane: decodes stored messages and merges their readings into what is kept. */
export const handler = pulseTopicHandler(
  lane,
  countPulses({ store, replays, digest: sha256, profiles, profileOfDatagram, defaultProfile }, lane),
  metrics,
)
