import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { fieldsOf } from '../../../commands/decode/fields.ts'
import { bytesOfHex } from '../../../commands/decode/hex.ts'
import { profiles } from '../../../core/devices/index.ts'

const run = (...words: string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['commands/decode/main.ts', ...words], {
    encoding: 'utf8',
  })
  return { status, stdout, stderr }
}
const elko = '38363834313130353637353431333801010001020304'

describe('npm run decode -- PROFILE HEX', () => {
  test('prints each field with its bytes, then what the frame leaves', () => {
    const { status, stdout } = run('adeunis-pulse@3', '46800000009f00000002')
    expect(status).toBe(0)
    expect(stdout).toMatch(/^byte {2}hex +field +value$/m)
    expect(stdout).toMatch(/^2-5 {3}0000009f {2}counterA +159$/m)
    expect(stdout).toMatch(/^159 +A +that of the message +measured$/m)
  })

  test('takes the hex as logs have it', () => {
    const { stdout } = run('adeunis-pulse@3', '46800000009f00000002')
    for (const words of [
      ['0x46800000009F00000002'],
      ['46:80:00:00:00:9f 00 00 00 02'],
      ['4680', '0000', '009f00000002'],
    ]) {
      expect(run('adeunis-pulse@3', ...words).stdout).toBe(stdout)
    }
  })

  test('places the samples of a history with the sample period', () => {
    const frame = ['adeunis-pulse@3', '5a0000001000000100020003']
    expect(run(...frame, '--sample-period', '600').stdout).toMatch(/^4090 +A +1800 s before the message +derived$/m)
    expect(run(...frame).stdout).not.toContain('derived')
  })

  test('says why a profile refuses a frame, and what the door says of a datagram', () => {
    const refused = run('adeunis-pulse@3', '46800000009f0000')
    expect(refused).toMatchObject({ status: 1, stdout: 'adeunis-pulse@3 refuses these 8 bytes: short_frame.\n' })
    expect(run('dragino-sw3l-nb', 'f868411056754138f460').stdout).toContain('The door refuses this datagram')
    expect(run('elko-airtm-nb', elko).stdout).toContain('Envelope elko-nb, device 868411056754138, without a time.')
  })
})

describe('npm run decode -- HEX', () => {
  test('prints the frame where only one profile decodes it, although its digits fit another envelope as well', () => {
    const { status, stdout } = run(elko)
    expect(status).toBe(0)
    expect(stdout).toMatch(/^Only elko-airtm-nb decodes these 22 bytes\./)
    expect(stdout).toMatch(/^18-21 +01020304 +counter +16909060$/m)
  })

  test('lists the profiles where several do, with what each leaves', () => {
    const { status, stdout } = run('5a0600000010000100020003')
    expect(status).toBe(0)
    expect(stdout).toMatch(/^adeunis-pulse@3 +A 16 +low_battery, hardware_error$/m)
    expect(stdout).not.toContain('adeunis-pulse@1')
  })

  test('says so where none does', () => {
    expect(run('ff00')).toMatchObject({ status: 1, stdout: 'No profile decodes these 2 bytes.\n' })
  })
})

describe('misuse gets one sentence and exit code 2', () => {
  test.each([
    [
      'an unknown profile',
      ['adeunis-puls@3', '46'],
      'No profile is named "adeunis-puls@3"; did you mean adeunis-pulse@3?',
    ],
    ['the beginning of a name', ['elko', '46'], 'No profile is named "elko"; did you mean elko-airtm-nb?'],
    ['no hex digit', ['adeunis-pulse@3', '46zz'], '"z" at position 3 is not a hex digit.'],
    ['no hex digit, without a profile', ['468z'], '"z" at position 4 is not a hex digit.'],
    ['half a byte', ['adeunis-pulse@3', '468'], 'The hex has 3 digits, but a byte takes two.'],
    ['no hex', ['adeunis-pulse@3'], 'Which frame should adeunis-pulse@3 decode? Its hex follows the profile.'],
    [
      'a period of zero',
      ['46', '--sample-period', '0'],
      '--sample-period is a whole number of seconds above zero, not "0".',
    ],
  ])('%s', (_, words, sentence) => {
    expect(run(...words)).toEqual({ status: 2, stdout: '', stderr: `${sentence}\n` })
  })

  test('no arguments print the usage with every profile', () => {
    const { status, stderr } = run()
    expect(status).toBe(2)
    for (const name of profiles.keys()) expect(stderr).toContain(name)
  })
})

describe('each field is shown with the bytes that the decoder makes it of', () => {
  const own = (profile: string, hex: string) => {
    const found = profiles.get(profile)
    if (found === undefined) throw new Error(profile)
    const { fields, fixedBytes } = fieldsOf(found, bytesOfHex(hex), { samplePeriodSeconds: null })
    return { fixedBytes, bytesOf: (path: string) => fields.find((field) => field.path === path)?.ownBytes }
  }

  test('a sample owns its delta, and not the index that it is subtracted from', () => {
    const { bytesOf } = own('adeunis-pulse@3', '5a0000001000000100020003')
    expect(bytesOf('counterValues[0]')).toEqual([2, 3, 4, 5])
    expect(bytesOf('counterValues[2]')).toEqual([8, 9])
  })

  test('a value worked out from several fields owns no bytes', () => {
    const { bytesOf, fixedBytes } = own('dragino-sw3l-nb', 'f8684110567541380a640cf11d0100000001c20000232867749390')
    expect(bytesOf('pulsesPerLitre')).toEqual([17, 18])
    expect(bytesOf('litres')).toEqual([])
    expect(fixedBytes).toEqual([8])
  })

  test('a field of the same name in another kind of frame does not count', () => {
    expect(own('adeunis-pulse@3', '30e0150400030002000100').bytesOf('A.tamper')).toEqual([2])
  })

  test('a byte that may have only one other value is not fixed', () => {
    const { bytesOf, fixedBytes } = own('elko-airtm-nb', elko)
    expect(bytesOf('function')).toEqual([16])
    expect(fixedBytes).toEqual([])
  })
})

test('docs/profiles.md has a row for every profile', () => {
  const table = readFileSync('docs/profiles.md', 'utf8')
  for (const name of profiles.keys()) expect(table).toMatch(new RegExp(`^\\|.*\`${name}\``, 'm'))
})
