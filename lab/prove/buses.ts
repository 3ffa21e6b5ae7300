export const buses = ['sqs', 'kinesis'] as const
export type Bus = (typeof buses)[number]
