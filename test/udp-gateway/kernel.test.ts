import { expect, test } from 'vitest'
import { readUdpTable } from '../../udp-gateway/kernel.ts'

const tables = `   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops
  370: 00000000:1633 00000000:0000 07 00000000:00000300 00:00000000 00000000     0        0 8137 2 0000000000000000 41
  371: 00001633:0035 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 8138 2 0000000000000000 7
  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops
  372: 00000000000000000000000000000000:1633 00000000000000000000000000000000:0000 07 00000000:00000010 00:00000000 00000000     0        0 8139 2 0000000000000000 1
`

test('the drops of a port are those of its IPv4 and IPv6 sockets, and of no others', () => {
  expect(readUdpTable(tables, 0x1633)).toEqual({ drops: 42, waitingBytes: 0x310 })
  expect(readUdpTable(tables, 53)).toEqual({ drops: 7, waitingBytes: 0 })
})

test('without a table of the kernel there is nothing to count', () => {
  expect(readUdpTable('', 5683)).toEqual({ drops: 0, waitingBytes: 0 })
})
