import type { Lane } from '../message/lane.ts'
import type { Message, StoredMessage } from '../message/message.ts'
import type { Reading } from '../readings/reading.ts'
import type { RegisteredDevice } from './registration.ts'

/** A line of an import. If it leaves the meter or the end open (null), the registration keeps what it has. */
export interface StagedDevice extends RegisteredDevice {
  /** Counted from 1. */
  readonly line: number
}

/** A staged line that contradicts another line, or a registration that the import leaves as it is. */
export type Clash = { readonly line: number; readonly deviceId: string } & (
  | { readonly kind: 'duplicate'; readonly firstLine: number }
  | {
      readonly kind: 'overlap'
      /** The registration that ends too late, and the beginning of the next. */
      readonly validFromMs: number
      readonly validToMs: number
      readonly nextFromMs: number
    }
)

/** How many registrations of an import were new, different, or already as the import says. */
export interface ImportCount {
  readonly added: number
  readonly changed: number
  readonly unchanged: number
}

/** A registration, as the key behind which the next page begins. */
export type AfterRegistration = Pick<RegisteredDevice, 'deviceId' | 'validFromMs'>

export type LastReading = Pick<Reading, 'channel' | 'readAtMs' | 'index' | 'quality'>

/** Open rejects of a device with the same reason. */
export interface OpenRejects {
  readonly reason: string
  readonly count: number
}

/** Rows deleted, by kind. */
export interface Erased {
  readonly registrations: number
  readonly messages: number
  readonly readings: number
  readonly events: number
  readonly rejects: number
  /** Rejects, counted in `rejects` too, that name no device but contain its id in their bytes. */
  readonly rejectsByTheirBytes: number
}

/** The registry, and what is kept of its devices. An import is staged first, so that it can be of any size. */
export interface RegistryStore {
  /** Begins an import and returns its id. Deletes imports that were abandoned a day ago. */
  readonly beginImport: () => Promise<string>
  /** Stages lines of an import. The registry stays as it is. */
  readonly stageDevices: (lines: { importId: string; devices: readonly StagedDevice[] }) => Promise<void>
  /** The first `most` clashes of an import by line, and the number of all. */
  readonly clashes: (of: { importId: string; most: number }) => Promise<{ clashes: Clash[]; count: number }>
  /**
   * Adds the staged registrations, or overwrites those with the same device and beginning: all or none. A dry run only
   * counts. The staged lines are deleted either way.
   */
  readonly applyImport: (of: { importId: string; dryRun: boolean }) => Promise<ImportCount>
  readonly dropImport: (of: { importId: string }) => Promise<void>

  /** Registrations by device and beginning, page by page. */
  readonly listRegistry: (page: { after: AfterRegistration | null; limit: number }) => Promise<RegisteredDevice[]>
  /** All registrations of a device, by beginning. */
  readonly registrationsOf: (deviceId: string) => Promise<RegisteredDevice[]>
  /** Ends this registration at `atMs`. */
  readonly endRegistration: (registration: RegisteredDevice, atMs: number) => Promise<void>

  /** The newest reading of each channel. */
  readonly lastReadings: (deviceId: string) => Promise<LastReading[]>
  readonly openRejects: (deviceId: string) => Promise<OpenRejects[]>
  readonly hasEvents: (deviceId: string) => Promise<boolean>
  /** The newest message with each sort of configuration frame, if it is still kept, and its event time. */
  readonly lastConfigurations: (deviceId: string) => Promise<{ message: StoredMessage; atMs: number }[]>

  /** The next `limit` device ids that have a reading, an event or a reject, in order. */
  readonly seenDevices: (page: {
    after: string
    limit: number
  }) => Promise<{ deviceId: string; isRegistered: boolean }[]>
  /** All stored messages of some devices, in any order. */
  readonly messagesOf: (deviceIds: readonly string[]) => Promise<Message[]>

  /**
   * Deletes everything of a device: registrations, messages, readings, events and rejects, including rejects that name
   * no device but contain one of `spellings`.
   */
  readonly erase: (device: { deviceId: string; lane: Lane; spellings: readonly Uint8Array[] }) => Promise<Erased>
}
