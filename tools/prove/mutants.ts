import type { Mutant } from './mutate.ts'

/** The mechanisms that carry the promises, each broken in a line or two. The texts are those of the files as they are. */
export const mutants: readonly Mutant[] = [
  {
    name: 'the receive time is part of the identity',
    proof: 'P1',
    edits: [
      {
        file: 'core/identity.ts',
        from: "uplink.timeSeconds}`\n    case 'adeunis-nbiot'",
        to: "uplink.receivedAtMs}`\n    case 'adeunis-nbiot'",
      },
    ],
  },
  {
    name: 'duplicates are not counted',
    proof: 'P1',
    edits: [
      {
        file: 'adapters/postgres/message-store.ts',
        from: 'raw_duplicates: received - stored - rejected',
        to: 'raw_duplicates: 0',
      },
    ],
  },
  {
    name: 'acknowledged before the bus has confirmed',
    proof: 'P2',
    edits: [
      {
        file: 'core/accept.ts',
        from: 'const published = await ports.raw.publish(batch)',
        to: "void ports.raw.publish(batch)\n    const published: Outcome[] = batch.map(() => ({ status: 'done' }))",
      },
    ],
  },
  {
    name: 'the callback is confirmed whatever the bus said',
    proof: 'P3',
    edits: [
      {
        file: 'core/sigfox/answer.ts',
        from: "outcomes.some(({ status }) => status === 'retry')",
        to: 'outcomes.some(() => false)',
      },
    ],
  },
  {
    name: 'only what is new is published',
    proof: 'P4',
    edits: [
      {
        file: 'adapters/postgres/message-store.ts',
        from: '  const { stored, refused } = await insert(client, sortedById(messages))',
        to: `  const ids = messages.map(({ id }) => id)
  const { rows } = await client.query('SELECT id FROM message WHERE id = ANY($1::uuid[])', [ids])
  const there = new Set(rows.map(({ id }) => id))
  const { stored, refused } = await insert(client, sortedById(messages))`,
      },
      {
        file: 'adapters/postgres/message-store.ts',
        from: 'refused.get(message) ?? null)',
        to: "refused.get(message) ?? (there.has(message.id) ? 'too_late' : null))",
      },
    ],
  },
  {
    name: 'each redelivery of a reject is a new row',
    proof: 'P5',
    edits: [
      {
        file: 'core/reject-rows.ts',
        from: 'digest(bytes)}',
        to: 'digest(bytes) + Math.random()}',
      },
    ],
  },
  {
    name: 'a batch with a row that is refused is not halved',
    proof: 'P6',
    edits: [
      {
        file: 'adapters/postgres/errors.ts',
        from: '  const state = sqlState(error)\n  // no SQLSTATE',
        to: "  if (error) return 'outage'\n  const state = sqlState(error)\n  // no SQLSTATE",
      },
    ],
  },
  {
    name: 'one bad line spoils its batch',
    proof: 'P6',
    edits: [
      {
        file: 'core/sigfox/callback.ts',
        from: "    if (typeof fields === 'string') return refused(fields, line, receivedAtMs, null)\n    return itemOf(fields, settings.fieldNames, line, receivedAtMs)\n  })",
        to: "    if (typeof fields === 'string') throw new Error(fields)\n    return itemOf(fields, settings.fieldNames, line, receivedAtMs)\n  })",
      },
    ],
  },
  {
    name: 'a pack is given up after five tries',
    proof: 'P7',
    edits: [{ file: 'lib/queue-topic.ts', from: 'maxReceiveCount: tries(worker)', to: 'maxReceiveCount: 5' }],
  },
  {
    name: 'a whole call is sent again for one failed entry',
    proof: 'P8',
    edits: [
      {
        file: 'adapters/bus/send.ts',
        from: 'pending = pending.filter(({ failure }) => failure !== null)',
        to: 'pending = pending.some(({ failure }) => failure !== null) ? pending : []',
      },
    ],
  },
  {
    name: 'entries that failed in an answer with status 200 count as sent',
    proof: 'P8',
    edits: [
      { file: 'adapters/sqs/send.ts', from: 'failures[Number(Id)] = Code', to: 'failures[Number(Id)] = Code && null' },
    ],
  },
  {
    name: 'a better reading does not win: the last one does',
    proof: 'P9',
    edits: [
      {
        file: 'adapters/postgres/readings.ts',
        from: 'const wins = `(excluded.quality, excluded.index, r.message_id) > (r.quality, r.index, excluded.message_id)`',
        to: 'const wins = `excluded.message_id <> r.message_id`',
      },
    ],
  },
  {
    name: 'the sequence number is not part of the identity',
    proof: 'P10',
    edits: [
      {
        file: 'core/identity.ts',
        from: 'uplink.seqNumber}|',
        to: 'uplink.seqNumber & 0}|',
      },
    ],
  },
  {
    name: 'an id is named twice in the response',
    proof: 'P11',
    edits: [{ file: 'adapters/sqs/event.ts', from: '[...new Set(ids)].map', to: '[...ids].map' }],
  },
  {
    name: 'what is beyond a thousand rows is not written',
    proof: 'P12',
    edits: [
      {
        file: 'adapters/postgres/bisect.ts',
        from: 'for (let at = 0; at < rows.length; at += mostRowsPerStatement)',
        to: 'for (let at = 0; at < Math.min(rows.length, mostRowsPerStatement); at += mostRowsPerStatement)',
      },
    ],
  },
  {
    name: 'a stopping gateway closes its socket at once',
    proof: 'P14',
    edits: [{ file: 'udp-gateway/shutdown.ts', from: 'pause(drainSeconds * 1000', to: 'pause(0' }],
  },
  {
    name: 'a stopping gateway does not publish what it holds',
    proof: 'P14',
    edits: [
      {
        file: 'udp-gateway/gateway.ts',
        from: 'const left = await batcher.finish(withinMs)',
        to: 'const left = withinMs * 0',
      },
    ],
  },
  {
    name: 'the queue of the gateway has no limit',
    proof: 'P15',
    edits: [
      { file: 'udp-gateway/batcher.ts', from: 'if (held.bytes + bytes > parts.queueBytes) return false', to: '' },
    ],
  },
  {
    name: 'the authorizer lets everybody in',
    proof: 'P20',
    edits: [
      {
        file: 'lambdas/sigfox-authorizer.ts',
        from: 'isAuthorized: token !== null && (await isValid(token))',
        to: 'isAuthorized: token !== null || (await isValid(String(token))) || true',
      },
    ],
  },
  {
    name: 'JSON that cannot be read is an error of the function',
    proof: 'P21',
    edits: [
      {
        file: 'core/sigfox/body.ts',
        from: '  } catch {\n    return null\n  }',
        to: '  } catch (error) {\n    throw error\n  }',
      },
    ],
  },
  {
    name: 'writes are not sorted',
    proof: 'P25',
    edits: [
      {
        file: 'adapters/postgres/rows.ts',
        from: '.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))',
        to: '',
      },
      { file: 'adapters/postgres/readings.ts', from: ' AS c ORDER BY device_id, channel, read_at', to: ' AS c' },
      {
        file: 'adapters/postgres/message-store.ts',
        from: '     ORDER BY id\n     ON CONFLICT',
        to: '     ON CONFLICT',
      },
    ],
  },
  {
    name: 'a commit is confirmed before it is on disk',
    proof: 'P26',
    edits: [
      {
        file: 'db/0003_roles.sql',
        from: 'ALTER ROLE sluice_app SET jit = off;',
        to: 'ALTER ROLE sluice_app SET jit = off;\nALTER ROLE sluice_app SET synchronous_commit = off;',
      },
    ],
  },
  {
    name: 'each transaction opens a connection of its own',
    proof: 'P27',
    edits: [
      { file: 'adapters/postgres/connect.ts', from: 'max: 1,', to: 'max: 20,' },
      {
        file: 'adapters/postgres/transaction.ts',
        from: 'client.release(broken)',
        to: 'if (broken) client.release(broken)',
      },
    ],
  },
  {
    name: 'any time is used as it is',
    proof: 'P28',
    edits: [{ file: 'core/time.ts', from: "inRange ? 'used' : 'out_of_range'", to: "inRange ? 'used' : 'used'" }],
  },
]
