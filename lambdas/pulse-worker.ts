import { pulseTopicHandler } from '#bus'
import { openMetrics } from '../adapters/metrics.ts'
import { connectDatabase, databaseSettings } from '../adapters/postgres/connect.ts'
import { postgresReadingStore } from '../adapters/postgres/reading-store.ts'
import { oneOf, optionalText, readSettings } from '../adapters/settings.ts'
import { sha256 } from '../adapters/sha256.ts'
import { countPulses } from '../core/count-pulses.ts'
import { profileOfDatagram, profiles } from '../core/profiles/index.ts'
import { setting } from '../core/settings.ts'
import { lanes } from '../core/uplink.ts'

const { lane, defaultProfile, metricsNamespace, ...database } = readSettings(process.env, {
  lane: oneOf(setting.lane, lanes),
  defaultProfile: optionalText(setting.defaultProfile),
  metricsNamespace: optionalText(setting.metricsNamespace),
  ...databaseSettings,
})

const metrics = openMetrics(metricsNamespace, { lane, step: 'pulse' })
const store = postgresReadingStore(connectDatabase(database), metrics)

/** The pulse worker of one lane: decodes stored messages and merges their readings into what is kept. */
export const handler = pulseTopicHandler(
  lane,
  countPulses({ store, digest: sha256, profiles, profileOfDatagram, defaultProfile }, lane),
)
