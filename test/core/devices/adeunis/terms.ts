type Stated = Record<string, unknown>
type Term = (value: never) => Stated

const as =
  (name: string): Term =>
  (value) => ({ [name]: value })
const times =
  (name: string, factor: number): Term =>
  (value: number) => ({ [name]: value * factor })
const nested =
  (name: string): Term =>
  (value: Stated) => ({ [name]: inOurTerms(value) })
const instant: Term = (value: string) => ({ deviceTimeSeconds: Date.parse(value) / 1000 })

/** The vectors' names whose value we keep under another name or in another unit; all others are the same. */
const terms: Record<string, Term> = {
  frame: (value: string) => ({ frameCode: Number(value.slice(0, 4)) }),
  A: nested('A'),
  B: nested('B'),
  inner: nested('inner'),
  deviceTime: instant,
  deviceTimeUnix: as('deviceTimeSeconds'),
  flowA_pulsesPerHour: as('flowAPulsesPerHour'),
  flowB_pulsesPerHour: as('flowBPulsesPerHour'),
  max24h: as('max24hPulsesPerHour'),
  min24h: as('min24hPulsesPerHour'),
  overflow: as('overflowThresholdPulsesPerHour'),
  overflowThreshold: as('overflowThresholdPulsesPerHour'),
  leakThreshold: as('leakThresholdPulsesPerHour'),
  leak: (value: boolean | number) =>
    typeof value === 'number' ? { leakThresholdPulsesPerHour: value } : { leak: value },
  leakDaily: as('dailyPeriodsBelowWhichLeak'),
  debounce_ms: as('debounceMilliseconds'),
  tamperSamplePeriod_s: as('tamperSamplePeriodSeconds'),
  transmissionPeriod_min: times('transmissionPeriodSeconds', 60),
  flowPeriod_min: times('flowPeriodSeconds', 60),
  samplingPeriod_s: as('samplePeriodSeconds'),
  sendingPeriod_s: as('sendingPeriodSeconds'),
  result: (value: string) => ({ result: value.split('(')[0], resultCode: Number(value.match(/\d+/)?.[0]) }),
  // a remark on counterValues, whose order is compared
  order: () => ({}),
}

/** What a vector states of a frame, under the names and in the units of our fields. */
export const inOurTerms = (stated: Stated): Stated =>
  Object.assign({}, ...Object.entries(stated).map(([name, value]) => (terms[name] ?? as(name))(value as never)))

/** The vectors' word for why a frame cannot be decoded, in ours. */
export const reasonOf: Record<string, string> = {
  truncated: 'short_frame',
  'unknown frame code': 'unknown_frame',
  'empty payload': 'empty_frame',
}

/** Which profiles a vector's variant is for; the other variants are other devices and downlinks. */
export const profilesOf: Record<string, string[]> = {
  'v1-v3': ['adeunis-pulse@1', 'adeunis-pulse@2', 'adeunis-pulse@3'],
  'v1-v3 Sigfox': ['adeunis-pulse@1', 'adeunis-pulse@2', 'adeunis-pulse@3'],
  'v1/v2': ['adeunis-pulse@1', 'adeunis-pulse@2'],
  'v1 Sigfox': ['adeunis-pulse@1', 'adeunis-pulse@2'],
  'v1 Sigfox (9 B)': ['adeunis-pulse@1', 'adeunis-pulse@2'],
  'v1 LoRaWAN (22 B)': ['adeunis-pulse@1', 'adeunis-pulse@2'],
  v3: ['adeunis-pulse@3'],
  'v3 LoRaWAN (28 B)': ['adeunis-pulse@3', 'adeunis-pulse@4'],
  v4: ['adeunis-pulse@4'],
  'NB-IoT/UDP': ['adeunis-pulse-nbiot'],
}
