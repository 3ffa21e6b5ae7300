/** What the metrics of `prod` show, minute by minute, on a good day and on bad ones. */

/** The value of a minute, counted from the beginning of the situation. Null: no data; undefined: as on a good day. */
type Course = number | null | ((minute: number) => number | null | undefined)

const nothing = null
const GiB = 2 ** 30

/** A good day, by the name of the metric: 1,000 messages a minute on each lane. */
export const goodDay: Readonly<Record<string, Course>> = {
  sluice_received_total: 1_000,
  sluice_stored_total: 1_000,
  sluice_decoded_total: 1_000,
  sluice_rejected_total: 0,
  sluice_oldest_in_hand_seconds: 6,
  sluice_shed_total: 0,
  sluice_denied_total: nothing,
  sluice_failed_callbacks_total: 0,
  sluice_queued_bytes: 100_000,
  sluice_receive_to_confirmed_seconds: 1,
  sluice_event_loop_delay_seconds: 0.19,
  sluice_udp_kernel_drops_total: 0,
  ApproximateAgeOfOldestMessage: 6,
  ApproximateNumberOfMessagesVisible: 0,
  'GetRecords.IteratorAgeMilliseconds': 6_000,
  WriteProvisionedThroughputExceeded: 0,
  Errors: 0,
  Duration: 3_000,
  Invocations: (minute) => (minute % 1_440 === 0 ? 1 : nothing),
  Throttles: 0,
  RecursiveInvocationsDropped: nothing,
  FailedInvokeEventCount: nothing,
  DroppedEventCount: nothing,
  OnFailureDestinationDeliveredEventCount: nothing,
  '5xx': 0,
  '4xx': 0,
  Count: 60,
  Latency: 60,
  DaysToExpiry: (minute) => (minute % 1_440 === 0 ? 200 : nothing),
  CPUUtilization: 30,
  HealthyHostCount: 1,
  SecurityGroupBlockedFlowCount_Outbound_UDP: nothing,
  FreeableMemory: 1.5 * GiB,
  CPUSurplusCreditsCharged: 0,
  DatabaseConnections: 40,
  FreeStorageSpace: 60 * GiB,
  MaximumUsedTransactionIDs: 100_000_000,
}

export interface Situation {
  readonly title: string
  /** How long it lasts. */
  readonly minutes: number
  /** What differs, by what the metric's name and dimensions match. The first that fits holds. */
  readonly shows: readonly (readonly [metric: RegExp, course: Course])[]
  /** The alarms that it raises, and no others. Each is raised within the minutes, if they are given. */
  readonly raises: readonly (readonly [alarm: RegExp, withinMinutes?: number])[]
}

const hour = 60
const workers = /^(Errors|FailedInvokeEventCount) .*Worker/
const committed = /^sluice_(received|stored|decoded|rejected)_total .*(raw|pulse)/
const inHand = /^sluice_oldest_in_hand/
/** A record that failed comes again when its visibility ends, after 365 s. */
const redelivered = (minute: number) => (minute < 6 ? 6 : 60 * minute)
const now =
  (value: number, minutes: number): ((minute: number) => number | null) =>
  (minute) =>
    minute < minutes ? value : 0

const single = (title: string, metric: RegExp, course: Course, ...raises: Situation['raises']): Situation => ({
  title,
  minutes: hour,
  shows: [[metric, course]],
  raises,
})

export const situations: readonly Situation[] = [
  { title: 'a good day', minutes: 4 * hour, shows: [], raises: [] },
  {
    title: 'a small fleet at night, with a scanner at the door',
    minutes: 4 * hour,
    shows: [
      [/^sluice_.*(raw|pulse)/, (minute) => (minute % 20 === 0 ? 3 : nothing)],
      [/^(4xx|Count) /, (minute) => (minute % 2 === 0 ? 1 : nothing)],
      [/^(5xx|Latency|Errors|Duration) /, nothing],
    ],
    raises: [],
  },
  {
    title: 'the database is away',
    minutes: hour,
    shows: [
      [committed, nothing],
      [inHand, redelivered],
      [workers, 3],
      [/^ApproximateAge/, 20],
      [/^GetRecords/, (minute) => 60_000 * minute],
      [/DatabaseInstance/, nothing],
      [/^sluice_rejected_total .*door/, 0],
    ],
    raises: [
      [/R17 Nothing of (sigfox|nbiot) gets through, (raw|pulse)$/, 10],
      [/R17 Database is away$/, 10],
      [/R4 (Raw|Pulse) worker of \w+ errors$/],
      [/R5 (Raw|Pulse) worker of \w+ fails again and again$/],
      [/R1 Process\w+ is 1 min behind$/],
      [/R1 Process\w+ is 15 min behind$/],
    ],
  },
  {
    title: 'the database is away, and a fleet sends a message a quarter of an hour',
    minutes: hour,
    shows: [
      [committed, nothing],
      [inHand, (minute) => (minute > 0 && minute % 6 === 0 ? 60 * minute : nothing)],
      [/DatabaseInstance/, nothing],
    ],
    raises: [
      [/R17 Nothing of (sigfox|nbiot) gets through, (raw|pulse)$/, 13],
      [/R17 Database is away$/, 10],
    ],
  },
  {
    title: 'the database hangs, and RDS goes on measuring',
    minutes: hour,
    shows: [
      [committed, nothing],
      [inHand, redelivered],
      [/^GetRecords/, (minute) => (minute < 15 ? 6_000 : 60_000)],
    ],
    raises: [[/R17 Nothing of (sigfox|nbiot) gets through, (raw|pulse)$/, 10]],
  },
  {
    title: 'a failover of two minutes, and what it delayed comes again',
    minutes: hour,
    shows: [
      [committed, (minute) => (minute < 2 ? nothing : undefined)],
      [inHand, (minute) => (minute === 6 ? 365 : 6)],
      [/^Errors .*Worker/, now(3, 2)],
      [/DatabaseInstance/, (minute) => (minute < 2 ? nothing : undefined)],
    ],
    raises: [[/R4 (Raw|Pulse) worker of \w+ errors$/]],
  },
  {
    title: 'a peak that the workers work off in half an hour',
    minutes: hour,
    shows: [
      [/^(ApproximateAge|sluice_oldest)/, now(400, 25)],
      [/^GetRecords/, now(400_000, 25)],
    ],
    raises: [[/R1 Process\w+ is 5 min behind$/], [/R1 Process\w+ is 1 min behind$/]],
  },
  {
    title: 'a topic that is half an hour behind',
    minutes: hour,
    shows: [
      [/^(ApproximateAge|sluice_oldest)/, 2_000],
      [/^GetRecords/, 2_000_000],
    ],
    raises: [[/R1 Process\w+ is (1|5|15|30) min behind$/, 3]],
  },
  single('a stream near its end', /^GetRecords/, 200_000_000, [
    /R1 Process\w+ is (1 min|15 min|a quarter of its retention) behind$/,
  ]),
  {
    title: 'Sigfox is silent',
    minutes: 6 * hour,
    shows: [[/^sluice_.*sigfox/, nothing]],
    raises: [[/R15 Nothing from sigfox$/, 3 * hour]],
  },
  {
    title: 'NB-IoT is silent',
    minutes: 6 * hour,
    shows: [[/^sluice_(oldest|received|stored|decoded|rejected).*nbiot/, nothing]],
    raises: [[/R15 Nothing from nbiot$/, 3 * hour]],
  },
  {
    title: 'a firmware that is not decoded',
    minutes: hour,
    shows: [[/^sluice_rejected_total .*(pulse.*sigfox|sigfox.*pulse)/, 30]],
    raises: [[/R3 Rejects of sigfox, pulse$/], [/R3 More than 1 % of sigfox is refused$/, 15]],
  },
  {
    title: 'single bad messages of both lanes, at both steps',
    minutes: hour,
    shows: [[/^sluice_rejected_total .*(raw|pulse)/, 1]],
    raises: [[/R3 Rejects of \w+, \w+$/]],
  },
  single(
    'more than one in a hundred of NB-IoT',
    /^sluice_rejected_total .*(pulse.*nbiot|nbiot.*pulse)/,
    40,
    [/R3 Rejects of nbiot, pulse$/],
    [/R3 More than 1 % of nbiot is refused$/],
  ),
  {
    title: 'the bus is away',
    minutes: hour,
    shows: [
      [/^sluice_(shed|failed_callbacks)/, 10],
      [/^sluice_queued/, 120 * 2 ** 20],
      [/^sluice_receive_to/, 30],
      [/^HealthyHostCount/, 0],
      [/^5xx/, 30],
      [/^Latency/, 6_000],
    ],
    raises: [
      [/R9 (UDP|callback) gateway (sheds|queue|is confirmed late)$/, 6],
      [/R11 No healthy (UDP|callback) gateway in a zone$/, 5],
      [/R8 Requests (fail|are slow)$/, 6],
      [/R8 Callbacks fail$/, 5],
    ],
  },
  single('a zone loses its tasks', /^HealthyHostCount .*0,/, 0, [
    /R11 No healthy (UDP|callback) gateway in a zone$/,
    5,
  ]),
  {
    title: 'a wrong token after a rotation',
    minutes: hour,
    shows: [
      [/^sluice_denied/, 20],
      [/^4xx/, 20],
    ],
    raises: [[/R7 Callbacks without a valid token$/], [/R7 Requests are refused$/]],
  },
  {
    title: 'the disk grows as it should',
    minutes: 6 * hour,
    // it grows when less than a tenth is free, some minutes later
    shows: [[/^FreeStorage/, (minute) => (minute < 200 ? 60 - 0.255 * minute : 19) * GiB]],
    raises: [],
  },
  {
    title: 'the disk cannot grow any more',
    minutes: 6 * hour,
    shows: [[/^FreeStorage/, (minute) => Math.max(0, 60 - 0.3 * minute) * GiB]],
    raises: [[/R12 Database storage$/, 200]],
  },
  single('the database has no CPU left', /^CPUUtilization .*DatabaseInstance/, 95, [/R12 Database CPU$/, 11]),
  single('the database has no memory left', /^FreeableMemory/, 100 * 2 ** 20, [/R12 Database memory$/]),
  single('CPU beyond what the class earns', /^CPUSurplus/, 2, [/R12 Database CPU credits$/]),
  single('a client that holds all connections', /^DatabaseConn/, 330, [/R12 Database connections$/, 3]),
  single('a transaction that is open for days', /^MaximumUsed/, 1_100_000_000, [/R12 Database transaction ids$/]),
  single('upkeep fails once', /^Errors .*Upkeep/, now(1, 1), [/R13 Upkeep failed$/, 6]),
  {
    // the last run was a day before the situation: 30 hours after it, at the end of a period of six
    title: 'upkeep does not run any more',
    minutes: 48 * hour,
    shows: [[/^Invocations .*Upkeep/, nothing]],
    raises: [[/R13 Upkeep did not run$/, 12 * hour]],
  },
  {
    title: 'a certificate that is not renewed',
    minutes: 4 * 24 * hour,
    shows: [[/^DaysToExpiry/, (minute) => (minute % 1_440 === 0 ? 29 : nothing)]],
    raises: [[/R8 Certificate of callbacks$/, 49 * hour]],
  },
  single('dead letters', /^ApproximateNumber/, 1, [/R2 Process\w+ dead letters$/, 3]),
  single('a full shard', /^WriteProvisioned/, 5, [/R6 Process\w+ full shard$/, 3]),
  single('the account has no concurrency left', /^Throttles/, 10, [/R4 Functions throttled$/]),
  single('Lambda sees a loop', /^Recursive/, now(1, 1), [/R4 Raw worker of \w+ taken for a loop$/, 2]),
  single('workers near their timeout', /^Duration .*Worker/, 50_000, [/R4 (Raw|Pulse) worker of \w+ slow$/]),
  single('other functions fail', /^Errors .*(Api|Operations)/, 2, [
    /R4 (Sigfox authorizer|Sigfox callback|Reading API|Operations) errors$/,
  ]),
  single('a mapping lets go of a record', /^(Dropped|OnFailure)/, now(1, 1), [
    /R5 (Raw|Pulse) worker of \w+ (Dropped|OnFailureDestinationDelivered)EventCount$/,
    2,
  ]),
  {
    title: 'batches that fail and come again without end',
    minutes: 6 * hour,
    shows: [[/^Duration .*RawWorker/, 40_000 * 60]],
    raises: [[/R16 Raw workers work too much for each message$/], [/R4 Raw worker of \w+ slow$/]],
  },
  single('a burst that the kernel drops', /^sluice_udp_kernel/, 5, [/R9 Kernel drops datagrams$/, 3]),
  single('a rule that someone changed', /^SecurityGroupBlocked/, 5, [/R11 Datagrams blocked/, 3]),
  single('a flood at the UDP port', /^sluice_rejected_total .*(door.*nbiot|nbiot.*door)/, 500, [
    /R10 Unreadable datagrams$/,
  ]),
  single('an event loop that stands', /^sluice_event_loop/, 0.6, [/R9 (UDP|callback) gateway stalls$/]),
  single('tasks without CPU', /^CPUUtilization .*Service/, 95, [/R9 (UDP|callback) gateway CPU$/]),
]
