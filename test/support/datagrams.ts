/** An Adeunis NB-IoT datagram: IMEI, signal quality, frame counter, and a frame with two indexes. */
export const adeunisDatagram = (counter: number): Buffer => {
  const datagram = Buffer.from('0861234567890123' + '17' + '00000000' + '46800000009f00000002', 'hex')
  datagram.writeUInt32BE(counter, 9)
  return datagram
}

/** Bytes of no kind that is known. */
export const unknownDatagram = Buffer.from([0xab, 0xcd])
