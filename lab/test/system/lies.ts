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
/** A packed row (core/told/pack.ts) of two indexes: 7 bytes of head, then 11 for each; the head counts them twice. */
const firstIndexAlone = 'set_byte(set_byte(substring(told FROM 1 FOR 18), 4, 1), 6, 1)'
const firstIndexOneMore = `overlay(told PLACING
  substring(int8send(('\\x0000'::bytea || substring(told FROM 13 FOR 6))::bigint + 1) FROM 3) FROM 13 FOR 6)`
/** The same index of the same channel a second later, told by a message that nobody sent. */
const secondReading = `INSERT INTO told (received_at, message_id, hour, device_id, told)
  SELECT received_at, id, id_hour(id), device_id, ${firstIndexAlone}
  FROM told, LATERAL (SELECT (lpad(to_hex((extract(epoch FROM $2::timestamptz) * 1000)::bigint + 1000), 12, '0')
    || substring(replace(message_id::text, '-', '') FROM 13))::uuid AS id) AS later
  WHERE message_id = ${idOf}`

/** What is done behind everybody's back to the message of device $1 at $2, in SQL, and what must be found. */
export const lies: readonly (readonly [lie: string, sql: string, found: Partial<Found>])[] = [
  [
    'a message is not there; its readings are, and nobody told of them',
    `DELETE FROM message WHERE id = ${idOf}`,
    { lost: 1, misread: 1 },
  ],
  ['nothing became of a message', `DELETE FROM told WHERE message_id = ${idOf}`, { misread: 1 }],
  ['a message is said to be rejected', `INSERT INTO decoding SELECT ${idOf}, 'rejected'`, { misread: 1 }],
  ['a reading is not there', `UPDATE told SET told = ${firstIndexAlone} WHERE message_id = ${idOf}`, { misread: 1 }],
  [
    'an index is one more: one is wrong, and the right one is not there',
    `UPDATE told SET told = ${firstIndexOneMore} WHERE message_id = ${idOf}`,
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
