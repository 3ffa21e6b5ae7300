import { execFile, execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'

/** One mechanism of the code broken, and the proof that must notice it. */
export interface Mutant {
  readonly name: string
  readonly proof: string
  readonly edits: readonly { readonly file: string; readonly from: string; readonly to: string }[]
}

const root = join(import.meta.dirname, '../../..')

/** Copies all files that belong to the project, and links its packages. */
const copyProject = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-mutant-'))
  const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '-z'], { cwd: root, maxBuffer: 2 ** 26 })
  for (const file of new Set(files.toString().split('\0')))
    if (file !== '' && file !== 'node_modules') {
      mkdirSync(dirname(join(folder, file)), { recursive: true })
      cpSync(join(root, file), join(folder, file), { force: true })
    }
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  return folder
}

/**
 * The files of a mutant with its edits made. A mutant is stale if a file does not hold the text of an edit exactly once.
 * @param folder the project, or a copy of it
 * @returns the edited files by path; for a stale mutant the path of that file
 */
export const mutate = (folder: string, { edits }: Mutant): ReadonlyMap<string, string> | string => {
  const mutated = new Map<string, string>()
  for (const { file, from, to } of edits) {
    const text = mutated.get(file) ?? readFileSync(join(folder, file), 'utf8')
    if (text.split(from).length !== 2) return file
    // a function as the replacement: in a text `$` would have a meaning of its own
    mutated.set(
      file,
      text.replace(from, () => to),
    )
  }
  return mutated
}

/** The faults that the proof printed. None where it held. */
const proveIn = async (folder: string, proof: string, seed: number): Promise<string[]> => {
  const options = ['--only', proof, '--bus', 'sqs', '--size', 'ci', '--seed', String(seed), '--report', 'mutant.html']
  const args = [join(folder, 'lab/prove/main.ts'), ...options]
  const { stdout } = await promisify(execFile)(process.execPath, args, {
    cwd: folder,
    timeout: 300_000,
    maxBuffer: 2 ** 26,
  }).catch((error: { stdout?: string }) => ({ stdout: error.stdout ?? '' }))
  if (!/ hold, \d+ fail/.test(stdout)) return []
  return [...stdout.matchAll(/^\d+:\d+ {9}(.*)$/gm)].map(([, fault]) => String(fault))
}

/**
 * Breaks each mechanism in a copy of the project and runs the proof that guards it, which must fail.
 * @returns how many were not noticed
 */
export const runMutants = async (
  mutants: readonly Mutant[],
  seed: number,
  say: (line: string) => void,
): Promise<number> => {
  let survived = 0
  for (const mutant of mutants) {
    const folder = copyProject()
    try {
      const mutated = mutate(folder, mutant)
      if (typeof mutated === 'string') {
        survived++
        say(`STALE     ${mutant.proof}: ${mutant.name}: ${mutated} does not hold its text exactly once; see mutants.ts`)
        continue
      }
      for (const [file, text] of mutated) writeFileSync(join(folder, file), text)
      const faults = await proveIn(folder, mutant.proof, seed)
      if (faults.length === 0) survived++
      say(`${faults.length > 0 ? 'red      ' : 'SURVIVED '} ${mutant.proof}: ${mutant.name}`)
      if (faults[0]) say(`          ${faults[0].slice(0, 200)}`)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  }
  say(`${mutants.length - survived} of ${mutants.length} mutants were noticed`)
  return survived
}
