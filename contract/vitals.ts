/**
 * Names of what we count and measure: one list for Prometheus, CloudWatch and the alarms. Counters end in `_total`, and a
 * unit is part of the name.
 */
export const vital = {
  received: 'sluice_received_total',
  accepted: 'sluice_accepted_total',
  /** Age of the oldest record that a worker was handed, counted from when the bus first took it; written before the work. */
  oldestSeconds: 'sluice_oldest_in_hand_seconds',
  stored: 'sluice_stored_total',
  decoded: 'sluice_decoded_total',
  readings: 'sluice_readings_total',
  rejected: 'sluice_rejected_total',
  shed: 'sluice_shed_total',
  packs: 'sluice_packs_total',
  publishFailures: 'sluice_publish_failures_total',
  queuedBytes: 'sluice_queued_bytes',
  confirmSeconds: 'sluice_receive_to_confirmed_seconds',
  kernelDrops: 'sluice_udp_kernel_drops_total',
  receiveBufferBytes: 'sluice_udp_receive_buffer_bytes',
  eventLoopDelaySeconds: 'sluice_event_loop_delay_seconds',
  /** Callbacks without a valid token. For the function they are counted in the access log. */
  denied: 'sluice_denied_total',
  /** Callbacks answered 429 or 5xx: Sigfox sends each again three times within seven minutes, and then never. */
  failedCallbacks: 'sluice_failed_callbacks_total',
  healthy: 'sluice_healthy',
} as const

export type Vital = (typeof vital)[keyof typeof vital]

/** Labels of the metrics: the lane, its step (`door`, `raw`, `pulse`), and for rejects the reason. */
export const label = { lane: 'lane', step: 'step', reason: 'reason' } as const
