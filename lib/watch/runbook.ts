/** The headings of docs/runbook.md that alarms point to. A number is never reused. */
export const runbook = {
  backlog: 'R1 A topic is behind',
  deadLetters: 'R2 Dead letters',
  rejects: 'R3 Messages are refused',
  functions: 'R4 A function fails or is at its limits',
  mappings: 'R5 Batches fail again and again',
  hotShard: 'R6 A shard is full',
  refused: 'R7 Callbacks are refused',
  callbacks: 'R8 Callbacks are not answered',
  gateways: 'R9 A gateway is at its limits',
  flood: 'R10 Many datagrams that no device sends',
  targets: 'R11 No gateway behind the load balancer',
  database: 'R12 The database is at its limits',
  upkeep: 'R13 Upkeep failed or did not run',
  silence: 'R15 A network is silent',
  cost: 'R16 Messages cost more than they should',
  stuck: 'R17 Nothing gets through',
} as const

/** The link to a heading, as Markdown makes it. */
export const anchor = (heading: string) =>
  `docs/runbook.md#${heading
    .toLowerCase()
    .replace(/[^\w\s-]/g, '')
    .replace(/\s/g, '-')}`
