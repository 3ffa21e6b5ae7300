import fc from 'fast-check'

/** Any UTF-16 units, lone surrogates and NUL among them; `fc.string({ unit: 'binary' })` needs 0.7 s to be made. */
export const anyText = (maxLength = 40): fc.Arbitrary<string> =>
  fc.array(fc.oneof(fc.nat(0x7f), fc.nat(0xffff)), { maxLength }).map((units) => String.fromCharCode(...units))
