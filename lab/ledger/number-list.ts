type Numbers = Uint32Array | Float64Array

/** A list of numbers in one typed array, which grows. */
export const createNumberList = <N extends Numbers>(open: (length: number) => N) => {
  let numbers = open(1_024)
  let length = 0
  return {
    append: (more: ArrayLike<number>) => {
      if (length + more.length > numbers.length) {
        const larger = open(2 * (length + more.length))
        larger.set(numbers)
        numbers = larger
      }
      numbers.set(more, length)
      length += more.length
    },
    at: (place: number): number => numbers[place] ?? 0,
    length: () => length,
  }
}
