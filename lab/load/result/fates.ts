import { counted, ratio } from './figures.ts'
import type { LoadResult } from './result.ts'
import { limitOf } from './sender-limit.ts'

/** What became of some messages. `isFault`: there must be none of these. */
export interface Fate {
  readonly name: string
  readonly messages: number
  readonly means: string
  readonly isFault?: true
}

/** Messages without a fate: the load generator itself has lost track of them. */
const unaccounted = ({ sent, accepted, refused, unknown }: LoadResult): number => sent - accepted - refused - unknown

/** How the messages were answered. Accepted, refused and unknown add up to `sent`. */
export const fatesOf = (result: LoadResult): Fate[] => [
  {
    name: 'accepted',
    messages: result.accepted,
    means: 'confirmed, or a datagram sent while nothing was wrong: must be stored',
  },
  { name: 'refused', messages: result.refused, means: 'answered that it is not taken: must not be stored' },
  {
    name: 'unknown',
    messages: result.unknown,
    means: 'no answer, where there could be none: stored or not, both are right',
  },
  ...(unaccounted(result) === 0
    ? []
    : [
        {
          name: 'unaccounted',
          messages: unaccounted(result),
          means: 'sent, and none of the three above',
          isFault: true as const,
        },
      ]),
]

/** What reading everything back found. */
export const findingsOf = (result: LoadResult): Fate[] => [
  { name: 'stored', messages: result.stored, means: 'there when everything was read back' },
  { name: 'lost', messages: result.lost, means: 'accepted and not there', isFault: true },
  { name: 'unexpected', messages: result.unexpected, means: 'there, though refused or never sent', isFault: true },
  { name: 'duplicated', messages: result.duplicated, means: 'there more than once', isFault: true },
  { name: 'misread', messages: result.misread, means: 'other bytes, or not the readings of the meter', isFault: true },
]

/** Messages a second while the sender ran. Null where it did not run. */
export const rateOf = ({ sent, sendSeconds }: LoadResult): number | null => ratio(sent, sendSeconds)

/** Whether every message is accounted for, with a sentence that says so. */
export const verdictOf = (result: LoadResult): { readonly holds: boolean; readonly says: string } => {
  const wrong = [...fatesOf(result), ...findingsOf(result)].filter(({ isFault, messages }) => isFault && messages !== 0)
  const broken = result.conservation.filter(({ holds }) => !holds).length
  const faults = [
    ...wrong.map(({ name, messages }) => `${messages.toLocaleString('en-GB')} ${name}`),
    ...(broken > 0 ? [`${broken} of the system’s own counts ${broken === 1 ? 'does' : 'do'} not add up`] : []),
  ]
  const limit = limitOf(result)
  const lag = limit === null ? '' : `; ${limit}`
  if (faults.length > 0)
    return { holds: false, says: `Not every message is accounted for: ${faults.join(', ')}${lag}.` }
  if (result.sent === 0) return { holds: false, says: 'No message was sent, so nothing is proven.' }
  const all = `${result.sent === 1 ? 'The one message' : `All ${counted(result.sent, 'message')}`}`
  const unknown = result.unknown > 0 ? `, ${result.unknown.toLocaleString('en-GB')} of them unknown` : ''
  return {
    holds: true,
    says: `${all} sent ${result.sent === 1 ? 'is' : 'are'} accounted for${unknown}: none lost, unexpected, duplicated or misread${lag}.`,
  }
}

/** Whether no message is lost, unexpected, duplicated or misread, and all counts agree. */
export const isEven = ({ lost, unexpected, duplicated, misread, conservation }: LoadResult): boolean =>
  lost + unexpected + duplicated + misread === 0 && conservation.every(({ holds }) => holds)
