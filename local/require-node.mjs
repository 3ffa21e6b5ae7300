// Plain JavaScript, because it must also run on versions of Node that cannot read the rest.
const major = Number(process.versions.node.split('.')[0])
if (major < 24) {
  console.error(
    `Sluice needs Node 24 or newer and this is ${process.versions.node}: install Node 24, or run it through npm (npm start, npm test), which brings its own on Linux.`,
  )
  process.exit(1)
}
