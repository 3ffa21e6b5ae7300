const day = `(read_at AT TIME ZONE 'UTC')::date`

/** Milliseconds from midnight to the reading, and from it to when it was received. */
const at = `round(date_part('epoch', read_at AT TIME ZONE 'UTC' - ${day}) * 1000)::integer`
const delay = `round(date_part('epoch', received_at - read_at) * 1000)::bigint`

const isNarrow = (differences: string) => `max(abs(${differences})) < 2147483648`

/** SQL that makes rows of closed days of all readings of `source`. */
export const folded = (source: string): string => `
  INSERT INTO reading_day
    (device_id, channel, day, first, at, step, wide_step, delay, wide_delay, quality, message_id)
  SELECT device_id, channel, day, first, at,
    CASE WHEN short_steps THEN step::integer[] END, CASE WHEN NOT short_steps THEN step END,
    CASE WHEN short_delays THEN delay::integer[] END, CASE WHEN NOT short_delays THEN delay END,
    nullif(quality, array_fill('measured'::reading_quality, ARRAY[cardinality(at)])), message_id
  FROM (
    SELECT device_id, channel, day, min(first) AS first, array_agg(at) AS at, array_agg(index - first) AS step,
      ${isNarrow('index - first')} AS short_steps, array_agg(delay) AS delay, ${isNarrow('delay')} AS short_delays,
      array_agg(quality) AS quality, array_agg(message_id) AS message_id
    FROM (
      SELECT *, ${day} AS day, ${at} AS at, ${delay} AS delay,
        first_value(index) OVER (PARTITION BY device_id, channel, ${day} ORDER BY read_at) AS first
      FROM ${source} ORDER BY device_id, channel, ${day}, read_at) AS reading
    GROUP BY device_id, channel, day) AS day_row`
