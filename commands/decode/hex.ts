/** The text is not the hex of a frame. The message is one sentence for the user. */
export class HexFault extends Error {
  override name = 'HexFault'
}

/**
 * The bytes of a frame as logs write it: hex digits in upper or lower case, perhaps with 0x in front, perhaps with
 * blanks or colons in between.
 * @throws HexFault
 */
export const bytesOfHex = (text: string): Uint8Array => {
  const digits = text.replace(/^\s*0x/i, '').replace(/[\s:]/g, '')
  const at = digits.search(/[^0-9a-f]/i)
  if (at >= 0) throw new HexFault(`${JSON.stringify(digits.charAt(at))} at position ${at + 1} is not a hex digit.`)
  if (digits.length % 2 === 1) throw new HexFault(`The hex has ${digits.length} digits, but a byte takes two.`)
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
}
