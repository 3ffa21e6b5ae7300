/** Kinds of events, each with the name (and so the unit) of its value; null where it has none. */
export const eventUnits = {
  flow_alarm: 'pulsesPerHour',
  leak: null,
  tamper: null,
  low_battery: 'millivolts',
  hardware_error: null,
  configuration_inconsistent: null,
  configuration: 'frameCode',
  keep_alive: null,
  register: 'frameCode',
  history_fragment: 'frameIndex',
  sample_period: 'seconds',
  device_alarm: 'alarmCode',
  index_conflict: 'index',
} as const
export type EventKind = keyof typeof eventUnits
