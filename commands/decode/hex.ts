/** What was typed is no frame: one sentence. */
export class HexFault extends Error {
  override name = 'HexFault'
}

/**
 * The bytes of a frame as it stands in a log: hex digits, upper or lower case, with or without 0x in front, blanks or
 * colons between.
 * @throws HexFault
 */
export const bytesOfHex = (text: string): Uint8Array => {
  const digits = text.replace(/^\s*0x/i, '').replace(/[\s:]/g, '')
  const at = digits.search(/[^0-9a-f]/i)
  if (at >= 0) throw new HexFault(`${JSON.stringify(digits.charAt(at))} at place ${at + 1} is no hex digit.`)
  if (digits.length % 2 === 1) throw new HexFault(`The hex has ${digits.length} digits: a byte takes two of them.`)
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
}
