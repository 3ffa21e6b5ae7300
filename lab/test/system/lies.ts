/** What a run says of what may never be. */
export interface Found {
  readonly lost: number
  readonly unexpected: number
  readonly duplicated: number
  readonly misread: number
}

const idOf = `(SELECT message_id FROM reading WHERE device_id = $1 AND read_at = $2 AND channel = 'A')`
/** A message beside one that is there: of another hash, and with a state of its own. */
const copy = `WITH copied AS (
  INSERT INTO message SELECT overlay(id::text placing 'ffffffffffff' from 25)::uuid, received_at, seq_number, kind, device_id, payload
  FROM message WHERE id = ${idOf} RETURNING id)
  INSERT INTO decoding SELECT id, 'decoded' FROM copied`
/** The same index of the same channel a second later, told by a message that nobody sent. */
const secondReading = `INSERT INTO reading_open (read_at, received_at, index, message_id, quality, channel, device_id)
  SELECT read_at + interval '1 s', received_at, index, gen_random_uuid(), quality, channel, device_id
  FROM reading WHERE device_id = $1 AND read_at = $2 AND channel = 'A'`

/** What is done behind everybody's back to the message of device $1 at $2, in SQL, and what must be found. */
export const lies: readonly (readonly [lie: string, sql: string, found: Partial<Found>])[] = [
  [
    'a message is not there; its readings are, and nobody told of them',
    `DELETE FROM message WHERE id = ${idOf}`,
    { lost: 1, misread: 1 },
  ],
  ['nothing became of a message', `DELETE FROM decoding WHERE message_id = ${idOf}`, { misread: 1 }],
  [
    'a message is said to be rejected',
    `UPDATE decoding SET state = 'rejected' WHERE message_id = ${idOf}`,
    { misread: 1 },
  ],
  [
    'a reading is not there',
    `DELETE FROM reading_open WHERE device_id = $1 AND read_at = $2 AND channel = 'B'`,
    { misread: 1 },
  ],
  [
    'an index is one more: one is wrong, and the right one is not there',
    `UPDATE reading_open SET index = index + 1 WHERE device_id = $1 AND read_at = $2 AND channel = 'A'`,
    { misread: 2 },
  ],
  ['a reading is told twice', secondReading, { misread: 1 }],
  [
    'a byte is another',
    `UPDATE message SET payload = set_byte(payload, 9, get_byte(payload, 9) # 1) WHERE id = ${idOf}`,
    { misread: 1 },
  ],
  ['a message is there twice', copy, { duplicated: 1 }],
]
