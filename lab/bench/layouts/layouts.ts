/** A way to keep readings: its tables, and the statement that merges a batch into them. */
export interface Layout {
  readonly name: string
  readonly tables: readonly string[]
  readonly ddl: string
  /** Merges the rows of `source` (see `columns`) and returns how many keys are new and how many indexes changed. */
  readonly merge: (source: string) => string
  /** Statements that move the readings of a day (YYYYMMDD) to their final place. */
  readonly close: (day: string) => readonly string[]
  /** Selects all readings, one a row. */
  readonly view: string
  /** Selects the readings of device $1 from $2 until $3. */
  readonly month: string
}

export const columns = 'device_id, channel, read_at, index, quality, received_at, message_id'

const names = `device_id text COLLATE "C" NOT NULL, channel text COLLATE "C" NOT NULL`
const allColumns = `
  read_at timestamptz(3) NOT NULL, received_at timestamptz(3) NOT NULL, index bigint NOT NULL, message_id uuid NOT NULL,
  quality reading_quality NOT NULL, channel text COLLATE "C" NOT NULL, device_id text COLLATE "C" NOT NULL`

/** Merges row by row, for any key: of two readings at one key the better quality holds, then the higher index. */
const mergeRows = (table: string, key: string, rest: string) => {
  const hasMessage = rest.includes('message_id')
  const wins = hasMessage
    ? '(excluded.quality, excluded.index, r.message_id) > (r.quality, r.index, excluded.message_id)'
    : '(excluded.quality, excluded.index) > (r.quality, r.index)'
  return (source: string) => `
    WITH merged AS (
      INSERT INTO ${table} AS r (${key}, read_at, ${rest})
      SELECT ${key}, read_at, ${rest} FROM ${source} ORDER BY ${key}, read_at
      ON CONFLICT (${key}, read_at) DO UPDATE SET
        index = CASE WHEN ${wins} THEN excluded.index ELSE r.index END,
        quality = greatest(excluded.quality, r.quality),
        ${hasMessage ? `message_id = CASE WHEN ${wins} THEN excluded.message_id ELSE r.message_id END,` : ''}
        received_at = least(excluded.received_at, r.received_at)
      WHERE ${wins} OR excluded.received_at < r.received_at
      RETURNING old.index AS was, new.index AS now)
    SELECT count(*) FILTER (WHERE was IS NULL)::int AS added, count(*) FILTER (WHERE was <> now)::int AS changed FROM merged`
}

const perReading = 'index, quality, received_at, message_id'
const shown = 'read_at, channel, index, quality, received_at'
const ofMonth = (from: string) => `
  SELECT ${shown} FROM ${from} WHERE device_id = $1 AND channel IN ('A', 'B') AND read_at >= $2 AND read_at < $3
  ORDER BY read_at, channel`

const rows = (name: string, table: string): Layout => ({
  name,
  tables: [table],
  ddl: `CREATE TABLE ${table} (${allColumns}, PRIMARY KEY (device_id, channel, read_at));`,
  merge: mergeRows(table, 'device_id, channel', perReading),
  close: () => [],
  view: `SELECT ${columns} FROM ${table}`,
  month: ofMonth(table),
})

/** Device and channel as one number, which every batch looks up. */
const numbered = (name: string, table: string, rest: string): Layout => {
  const joined = `${table} JOIN ${table}_series USING (series)`
  const merge = mergeRows(table, 'series', rest)
  return {
    name,
    tables: [table, `${table}_series`],
    ddl: `
      CREATE TABLE ${table}_series (series integer GENERATED ALWAYS AS IDENTITY, ${names}, PRIMARY KEY (device_id, channel));
      CREATE TABLE ${table} (read_at timestamptz(3) NOT NULL, received_at timestamptz(3) NOT NULL, index bigint NOT NULL,
        ${rest.includes('message_id') ? 'message_id uuid NOT NULL,' : ''}
        quality reading_quality NOT NULL, series integer NOT NULL, PRIMARY KEY (series, read_at));
      INSERT INTO ${table}_series (device_id, channel) SELECT DISTINCT device_id, channel FROM fleet_reading;`,
    merge: (source) => merge(`(SELECT * FROM ${source} JOIN ${table}_series USING (device_id, channel)) AS given`),
    close: () => [],
    view: `SELECT device_id, channel, read_at, ${rest}${rest.includes('message_id') ? '' : ', NULL::uuid AS message_id'} FROM ${joined}`,
    month: ofMonth(joined),
  }
}

const dayOf = `(read_at AT TIME ZONE 'UTC')::date`
const dayKey = 'device_id, channel, day'
const sinceMidnight = `(extract(epoch FROM read_at AT TIME ZONE 'UTC' - ${dayOf}) * 1000)::integer`
const instant = (ms: string) => `day::timestamp AT TIME ZONE 'UTC' + ${ms} * interval '1 millisecond'`

/** The samples of a day row, as rows. */
const samples = (of: string) => `unnest(${of}.at, ${of}.index, ${of}.quality, ${of}.received_at, ${of}.message_id)`

/**
 * One row a device, channel and day, merged as messages arrive. Nearly all readings are later than those already there and
 * are appended. For the others the arrays are unnested and merged by the same rules.
 */
const dayRows: Layout = {
  name: 'day rows',
  tables: ['day_row'],
  ddl: `CREATE TABLE day_row (${names}, day date NOT NULL, at integer[] NOT NULL, index bigint[] NOT NULL,
    quality reading_quality[] NOT NULL, received_at timestamptz(3)[] NOT NULL, message_id uuid[] NOT NULL,
    PRIMARY KEY (${dayKey}));`,
  merge: (source) => `
    WITH given AS (
      SELECT ${dayKey}, array_agg(at) AS at, array_agg(index) AS index, array_agg(quality) AS quality,
        array_agg(received_at) AS received_at, array_agg(message_id) AS message_id
      FROM (SELECT *, ${dayOf} AS day, ${sinceMidnight} AS at FROM ${source} ORDER BY device_id, channel, read_at) AS sorted
      GROUP BY ${dayKey}
    ), merged AS (
      INSERT INTO day_row AS r SELECT * FROM given ORDER BY ${dayKey}
      ON CONFLICT (${dayKey}) DO UPDATE SET (at, index, quality, received_at, message_id) = (
        SELECT r.at || excluded.at, r.index || excluded.index, r.quality || excluded.quality,
          r.received_at || excluded.received_at, r.message_id || excluded.message_id
        WHERE r.at[cardinality(r.at)] < excluded.at[1]
        UNION ALL
        SELECT array_agg(at), array_agg(index), array_agg(quality), array_agg(received_at), array_agg(message_id)
        FROM (
          SELECT DISTINCT ON (at) at, index, quality, min(received_at) OVER (PARTITION BY at) AS received_at, message_id
          FROM (SELECT * FROM ${samples('r')} UNION ALL SELECT * FROM ${samples('excluded')})
            AS sample (at, index, quality, received_at, message_id)
          ORDER BY at, quality DESC, index DESC, message_id) AS best
        HAVING NOT r.at[cardinality(r.at)] < excluded.at[1])
      WHERE r.at[cardinality(r.at)] < excluded.at[1] OR EXISTS (
        SELECT FROM ${samples('excluded')} AS n (at, index, quality, received_at, message_id)
          LEFT JOIN ${samples('r')} AS o (at, index, quality, received_at, message_id) USING (at)
        WHERE o.index IS NULL OR n.received_at < o.received_at
          OR (n.quality, n.index, o.message_id) > (o.quality, o.index, n.message_id))
      RETURNING coalesce(cardinality(old.at), 0) AS had, cardinality(new.at) AS has,
        CASE WHEN old.index IS NULL OR new.index[1:cardinality(old.index)] = old.index THEN 0 ELSE (
          SELECT count(*) FROM unnest(old.at, old.index) AS o (at, index)
            JOIN unnest(new.at, new.index) AS n (at, index) USING (at) WHERE o.index <> n.index) END AS changed)
    SELECT sum(has - had)::int AS added, sum(changed)::int AS changed FROM merged`,
  close: () => [],
  view: `SELECT device_id, channel, ${instant('s.at')} AS read_at, s.index, s.quality, s.received_at, s.message_id
    FROM day_row r, ${samples('r')} AS s (at, index, quality, received_at, message_id)`,
  month: ofMonth(`(SELECT device_id, channel, ${instant('s.at')} AS read_at, s.index, s.quality, s.received_at
    FROM day_row r, ${samples('r')} AS s (at, index, quality, received_at, message_id)
    WHERE day >= ($2::timestamptz AT TIME ZONE 'UTC')::date AND day <= ($3::timestamptz AT TIME ZONE 'UTC')::date) AS sample`),
}

/** One partition a day until it is closed, then one row a device, channel and day that is never written again. */
const closing = (name: string, suffix: string, hasMessage: boolean): Layout => {
  const [open, closed] = [`open${suffix}`, `closed${suffix}`]
  const ids = hasMessage ? 's.message_id' : 'NULL::uuid AS message_id'
  const kept = `
    SELECT device_id, channel, day, ${instant('s.at')} AS read_at, first + s.step AS index,
      coalesce(s.quality, 'measured') AS quality, ${instant('(s.at + s.delay::bigint)')} AS received_at, ${ids}
    FROM ${closed} c, unnest(c.at, c.step, c.quality, c.delay${hasMessage ? ', c.message_id' : ''})
      AS s (at, step, quality, delay${hasMessage ? ', message_id' : ''})`
  return {
    name,
    tables: [open, closed],
    ddl: `
      CREATE TABLE ${open} (${allColumns}, PRIMARY KEY (device_id, channel, read_at)) PARTITION BY RANGE (read_at);
      DO $$ DECLARE day date; BEGIN
        FOR day IN SELECT generate_series(min(read_at)::date - 1, max(read_at)::date + 20, '1 day') FROM fleet_reading LOOP
          EXECUTE format('CREATE TABLE ${open}_%s PARTITION OF ${open} FOR VALUES FROM (%L) TO (%L)',
            to_char(day, 'YYYYMMDD'), day::timestamp AT TIME ZONE 'UTC', (day + 1)::timestamp AT TIME ZONE 'UTC');
        END LOOP; END $$;
      CREATE TABLE ${closed} (${names}, day date NOT NULL, first bigint NOT NULL, at integer[] NOT NULL,
        step integer[] NOT NULL, quality reading_quality[], delay integer[] NOT NULL,
        ${hasMessage ? 'message_id uuid[] NOT NULL,' : ''} PRIMARY KEY (${dayKey}));`,
    merge: mergeRows(open, 'device_id, channel', perReading),
    close: (day) => [
      `INSERT INTO ${closed}
       SELECT ${dayKey}, first, array_agg(at), array_agg((index - first)::integer),
         nullif(array_agg(quality), array_fill('measured'::reading_quality, ARRAY[count(*)::integer])),
         array_agg(delay) ${hasMessage ? ', array_agg(message_id)' : ''}
       FROM (
         SELECT *, ${dayOf} AS day, ${sinceMidnight} AS at,
           first_value(index) OVER (PARTITION BY device_id, channel ORDER BY read_at) AS first,
           (extract(epoch FROM received_at - read_at) * 1000)::integer AS delay
         FROM ${open}_${day} ORDER BY device_id, channel, read_at) AS sorted
       GROUP BY ${dayKey}, first`,
      `DROP TABLE ${open}_${day}`,
    ],
    view: `SELECT ${columns} FROM (${kept}) AS k UNION ALL SELECT ${columns} FROM ${open}`,
    month: `
      SELECT ${shown} FROM (${kept}
        WHERE device_id = $1 AND channel IN ('A', 'B')
          AND day >= ($2::timestamptz AT TIME ZONE 'UTC')::date AND day <= ($3::timestamptz AT TIME ZONE 'UTC')::date) AS k
      WHERE read_at >= $2 AND read_at < $3
      UNION ALL
      SELECT ${shown} FROM ${open}
      WHERE device_id = $1 AND channel IN ('A', 'B') AND read_at >= $2 AND read_at < $3 ORDER BY read_at, channel`,
  }
}

export const layouts: readonly Layout[] = [
  rows('rows', 'wide'),
  numbered('rows, device as a number', 'numbered', perReading),
  numbered('device as a number, no message ids', 'plain', 'index, quality, received_at'),
  dayRows,
  closing('rows, closed days as day rows', '', true),
  closing('closed day rows, no message ids', '_plain', false),
]
