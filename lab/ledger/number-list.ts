type Numbers = Uint32Array | Float64Array

/** A list of numbers in one typed array, which grows: without an object for each number. */
export const createNumberList = <N extends Numbers>(open: (length: number) => N) => {
  let numbers = open(1_024)
  let length = 0
  const reserve = (more: number) => {
    if (length + more <= numbers.length) return
    const larger = open(2 * (length + more))
    larger.set(numbers)
    numbers = larger
  }
  return {
    add: (number: number) => {
      reserve(1)
      numbers[length++] = number
    },
    append: (more: ArrayLike<number>) => {
      reserve(more.length)
      numbers.set(more, length)
      length += more.length
    },
    at: (place: number): number => numbers[place] ?? 0,
    length: () => length,
    /** Returns all numbers and empties the list. */
    take: (): N => {
      const taken = numbers.slice(0, length) as N
      length = 0
      return taken
    },
  }
}
