import type { Sample } from '../result/result.ts'

const linesEverySeconds = 10
const number = (value: number) => value.toLocaleString('en-GB')

const text = ({ second, sent, stored, readings, waitingPacks }: Sample, seconds: number) => {
  const waiting = waitingPacks === null ? '' : `, ${number(waitingPacks)} packs waiting`
  const of = second < seconds ? `${second} s of ${number(seconds)}` : `${second} s`
  return `${of}: ${number(sent)} sent, ${number(stored)} stored, ${number(readings)} readings${waiting}`
}

/** Shows the progress of a run: on a terminal in one changing line, elsewhere in a line every ten seconds. */
export const createProgress = (stream: NodeJS.WriteStream, seconds: number, isQuiet: boolean) => {
  let saidAt = Number.NEGATIVE_INFINITY
  const erase = stream.isTTY ? '\r\x1b[K' : ''
  return {
    show: (sample: Sample) => {
      if (isQuiet) return
      if (stream.isTTY) stream.write(erase + text(sample, Math.round(seconds)))
      else if (sample.second - saidAt >= linesEverySeconds) {
        saidAt = sample.second
        stream.write(`${text(sample, Math.round(seconds))}\n`)
      }
    },
    say: (line: string) => {
      if (!isQuiet) stream.write(`${erase}${line}\n`)
    },
  }
}
