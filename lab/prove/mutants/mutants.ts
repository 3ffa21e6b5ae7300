import type { Mutant } from './mutate.ts'

const edit = (file: string, from: string, to: string) => ({ file, from, to })

/** The mechanisms that keep the promises, each broken in a line or two. Every text must occur exactly once in its file. */
export const mutants: readonly Mutant[] = [
  {
    name: 'the receive time is part of the identity',
    proof: 'P1',
    edits: [edit('core/message/identity.ts', 'uplink.timeSeconds}`', 'uplink.receivedAtMs}`')],
  },
  {
    name: 'duplicates are not counted',
    proof: 'P1',
    edits: [
      edit(
        'adapters/postgres/write/message-store.ts',
        'raw_duplicates: received - stored - rejected',
        'raw_duplicates: 0',
      ),
    ],
  },
  {
    name: 'acknowledged before the bus has confirmed',
    proof: 'P2',
    edits: [
      edit(
        'core/ingest/accept.ts',
        "raw.publish(batch, (item, outcome) => (outcome.status === 'done' ? settlementOf(item) : outcome))",
        'raw.publish(batch, () => null) && Promise.resolve(batch.map(settlementOf))',
      ),
    ],
  },
  {
    name: 'the callback is confirmed whatever the bus said',
    proof: 'P3',
    edits: [
      edit(
        'core/sigfox/callback.ts',
        "outcomes.some(({ status }) => status === 'retry')",
        'outcomes.some(() => false)',
      ),
    ],
  },
  {
    name: 'only what is new is published',
    proof: 'P4',
    edits: [
      edit(
        'adapters/postgres/write/message-store.ts',
        '  const { stored, refused } = await insert(client, sortedById(messages))',
        `  const ids = messages.map(({ id }) => id)
  const { rows } = await client.query('SELECT id FROM message WHERE id = ANY($1::uuid[])', [ids])
  const there = new Set(rows.map(({ id }) => id))
  const { stored, refused } = await insert(client, sortedById(messages))`,
      ),
      edit(
        'adapters/postgres/write/message-store.ts',
        'refused.get(message) ?? null)',
        "refused.get(message) ?? (there.has(message.id) ? 'too_late' : null))",
      ),
    ],
  },
  {
    name: 'each redelivery of a reject is a new row',
    proof: 'P5',
    edits: [edit('core/message/reject-rows.ts', 'digest(bytes)}', 'digest(bytes) + Math.random()}')],
  },
  {
    name: 'a batch with a row that is refused is not halved',
    proof: 'P6',
    edits: [
      edit(
        'adapters/postgres/sql/errors.ts',
        '  const state = sqlState(error)',
        "  if (error) return 'outage'\n  const state = sqlState(error)",
      ),
    ],
  },
  {
    name: 'one bad line spoils its batch',
    proof: 'P6',
    edits: [
      edit(
        'core/sigfox/callback.ts',
        "    if (typeof fields === 'string') return refused(fields, line, receivedAtMs, null)\n    return itemOf(fields, settings.fieldNames, line, receivedAtMs)\n  })",
        "    if (typeof fields === 'string') throw new Error(fields)\n    return itemOf(fields, settings.fieldNames, line, receivedAtMs)\n  })",
      ),
    ],
  },
  {
    name: 'a pack is given up after five tries',
    proof: 'P7',
    edits: [edit('lib/data/queue-topic.ts', 'maxReceiveCount: tries(worker)', 'maxReceiveCount: 5')],
  },
  {
    name: 'a whole call is sent again for one failed entry',
    proof: 'P8',
    edits: [
      edit(
        'adapters/bus/publish.ts',
        'pending = pending.filter(({ failure }) => failure !== null)',
        'pending = pending.some(({ failure }) => failure !== null) ? pending : []',
      ),
    ],
  },
  {
    name: 'entries that failed in an answer with status 200 count as sent',
    proof: 'P8',
    edits: [edit('adapters/sqs/index.ts', 'failures[Number(Id)] = Code', 'failures[Number(Id)] = Code && null')],
  },
  {
    name: 'a better reading does not win: the last one does',
    proof: 'P9',
    edits: [edit('core/readings/merge.ts', 'const winner = order > 0 ? a : b', 'const winner = b')],
  },
  {
    name: 'closing does not move the border behind which messages are late',
    proof: 'P9',
    edits: [edit('adapters/postgres/closed-days/close.ts', '  await moveOn(pool, horizon)\n', '')],
  },
  {
    name: 'closing drops the indexes that lost',
    proof: 'P9',
    edits: [
      edit(
        'adapters/postgres/closed-days/fold.ts',
        'if (conflicts.length > 0) await writeEvents(client, conflicts)',
        '',
      ),
    ],
  },
  {
    name: 'what comes late takes the place of the day that is closed',
    proof: 'P9',
    edits: [
      edit('core/told/fold.ts', 'mergeAll([...staying, ...ofBefore, ...told])', 'mergeAll([...ofBefore, ...told])'),
    ],
  },
  {
    name: 'the sequence number is not part of the identity',
    proof: 'P10',
    edits: [edit('core/message/identity.ts', 'uplink.seqNumber}|', 'uplink.seqNumber & 0}|')],
  },
  {
    name: 'an id is named twice in the response',
    proof: 'P11',
    edits: [edit('adapters/sqs/index.ts', '[...new Set(ids)].map', '[...ids].map')],
  },
  {
    name: 'rows beyond the first thousand are not written',
    proof: 'P12',
    edits: [
      edit(
        'adapters/postgres/sql/bisect.ts',
        'for (let at = 0; at < rows.length; at += mostRowsPerStatement)',
        'for (let at = 0; at < Math.min(rows.length, mostRowsPerStatement); at += mostRowsPerStatement)',
      ),
    ],
  },
  {
    name: 'a stopping gateway closes its socket at once',
    proof: 'P14',
    edits: [edit('door/shutdown.ts', 'pause(drainSeconds * 1000', 'pause(0')],
  },
  {
    name: 'a stopping gateway does not publish what it holds',
    proof: 'P14',
    edits: [edit('udp-gateway/gateway.ts', 'const left = await finish(withinMs)', 'const left = withinMs * 0')],
  },
  {
    name: 'the queue of the gateway has no limit',
    proof: 'P15',
    edits: [edit('door/batcher.ts', 'if (held.bytes + memoryBytes > parts.queueBytes) return false', '')],
  },
  {
    name: 'the authorizer lets in any request',
    proof: 'P20',
    edits: [
      edit(
        'lambdas/sigfox-authorizer.ts',
        'isAuthorized: token !== null && (await isValid(token))',
        'isAuthorized: token !== null || (await isValid(String(token))) || true',
      ),
    ],
  },
  {
    name: 'the container door lets in any token',
    proof: 'P20',
    edits: [edit('http-gateway/door.ts', '|| !(await isValid(token))', '|| (await isValid(token), false)')],
  },
  {
    name: 'JSON that cannot be read is an error of the function',
    proof: 'P21',
    edits: [
      edit('core/sigfox/body.ts', '  } catch {\n    return null\n  }', '  } catch (error) {\n    throw error\n  }'),
    ],
  },
  {
    name: 'writes are not sorted',
    proof: 'P25',
    edits: [
      edit(
        'adapters/postgres/sql/rows.ts',
        'rows.toSorted(({ id: a }, { id: b }) => (a < b ? -1 : a > b ? 1 : 0))',
        '[...rows]',
      ),
    ],
  },
  {
    name: 'rows of messages are not sorted',
    proof: 'P25',
    edits: [
      edit(
        'adapters/postgres/told/write.ts',
        'const sorted = all.toSorted(byKey)',
        'const sorted = all.toSorted(() => Math.random() - 0.5)',
      ),
    ],
  },
  {
    name: 'what messages tell is in a table that is not logged',
    proof: 'P26',
    edits: [edit('db/0009_told.sql', 'CREATE TABLE %I (LIKE told ', 'CREATE UNLOGGED TABLE %I (LIKE told ')],
  },
  {
    name: 'each transaction opens a connection of its own',
    proof: 'P27',
    edits: [
      edit('adapters/postgres/connection/connect.ts', 'max: 1,', 'max: 20,'),
      edit('adapters/postgres/sql/transaction.ts', 'client.release(broken)', 'if (broken) client.release(broken)'),
    ],
  },
  {
    name: 'any time is used as it is',
    proof: 'P28',
    edits: [edit('core/message/identity.ts', "inRange ? 'used' : 'out_of_range'", "inRange ? 'used' : 'used'")],
  },
  {
    name: 'a message that is decoded is counted twice',
    proof: 'P37',
    edits: [
      edit('adapters/postgres/write/decodings.ts', 'decoded: open.added.size + ', 'decoded: 2 * open.added.size + '),
    ],
  },
]
