/** Letters in the order of the frame. */
export const channels = ['A', 'B', 'C'] as const
export type Channel = (typeof channels)[number]
