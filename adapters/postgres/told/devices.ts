import { texts } from '../sql/arrays.ts'

/** Devices by their ids, or all with an id behind one and up to another: what an export reads page by page. */
export type Devices = readonly string[] | { readonly after: string; readonly last: string }

export const isRange = (devices: Devices): devices is Extract<Devices, { after: string }> => 'after' in devices

/** SQL for the rows of devices; `$1` is `devicesValue`. */
export const ofDevices = (column: string, devices: Devices): string =>
  isRange(devices) ? `${column} > ($1::text[])[1] AND ${column} <= ($1::text[])[2]` : `${column} = ANY($1::text[])`

export const devicesValue = (devices: Devices): Buffer =>
  texts(isRange(devices) ? [devices.after, devices.last] : devices)
