import type { Lane } from './lane.ts'

/** A Sigfox id: upper-case, without the leading zeros that some callbacks have and others have not; null where it is no id. */
export const canonicalDevice = (text: string): string | null => {
  const id = text
    .trim()
    .toUpperCase()
    .replace(/^0+(?=.)/, '')
  return /^[0-9A-F]{1,8}$/.test(id) ? id : null
}

export interface DeviceId {
  readonly deviceId: string
  readonly network: Lane
}

/**
 * The one way to write a device's id, and the network it tells: 15 or 16 decimal digits are an IMEI as its device
 * sends it; up to 8 hex digits are a Sigfox id. null where it is neither.
 */
export const canonicalDeviceId = (text: string): DeviceId | null => {
  if (/^\d{15,16}$/.test(text)) return { deviceId: text, network: 'nbiot' }
  const deviceId = canonicalDevice(text)
  return deviceId === null ? null : { deviceId, network: 'sigfox' }
}
