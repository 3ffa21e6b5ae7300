/** A quarter of a vCPU is half busy with 1,000 datagrams a second (124 µs each at that rate, `npm run bench gateway`). */
const datagramsPerCpuUnit = 4
/** An estimate: a callback is a connection, JSON and a token, some ten datagrams' worth. */
const callbacksPerCpuUnit = 0.4

/** New flows a second that one gateway task is planned for: datagrams, or callbacks over TLS. 1,024 CPU units are a vCPU. */
export const flowsPerTask = (transport: 'UDP' | 'TLS', cpuUnits: number) =>
  cpuUnits * (transport === 'UDP' ? datagramsPerCpuUnit : callbacksPerCpuUnit)
