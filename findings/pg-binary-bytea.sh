#!/usr/bin/env bash
# Guess: `binary: true` of a pg query gives `bytea` columns as Buffers with the bytes that are stored, as text mode does,
# and saves the hexadecimal.
#
# Seen with pg-types 2.2.0, which pg 8.23.1 uses: the binary format has no parser for `bytea` (type 17), and a type without one
# is made a string. Bytes that are no UTF-8 become U+FFFD, and nothing is said: 80 ff 41 is read as ef bf bd ef bf bd 41.
# A query that asks for `binary` needs `types.setTypeParser(17, 'binary', (bytes) => bytes)` before.
set -euo pipefail
cd "$(mktemp -d)"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund pg-types@2.2.0
cat >decode.cjs <<'JS'
const types = require('pg-types')
for (const format of ['text', 'binary']) {
  const parse = types.getTypeParser(17, format)
  const wire = format === 'text' ? '\\x80ff41' : Buffer.from([0x80, 0xff, 0x41])
  const value = parse(wire)
  console.log(format, Buffer.isBuffer(value) ? `Buffer ${value.toString('hex')}` : `${typeof value} of ${value.length}: ${Buffer.from(value).toString('hex')}`)
}
JS
seen=$(node decode.cjs)
echo "$seen"
diff <(echo "$seen") - <<'SEEN'
text Buffer 80ff41
binary string of 3: efbfbdefbfbd41
SEEN
