import { setFlagsFromString } from 'node:v8'

/**
 * V8 compiles a function well when it has run for long enough; until then a node runs at half its speed.
 * Of five nodes that share a few hundred calls a second each is there after a minute. With these limits
 * it is after some seconds, at the price of compiling a function again where its first calls told
 * little. Imported for its effect, by a process that serves. Only for versions like those it was
 * measured with, 20.20 and 24.21: another V8 names these otherwise, or does so by itself.
 */
const FLAGS: Readonly<Record<string, readonly string[]>> = {
  20: ['--interrupt-budget=8000'],
  24: [
    // Lower still, a change of load brings a second in which all nodes do little but compile.
    '--invocation-count-for-maglev=100',
    '--invocation-count-for-turbofan=1000',
    '--minimum-invocations-after-ic-update=100',
  ],
}

const [major = ''] = process.versions.node.split('.')
for (const flag of FLAGS[major] ?? []) setFlagsFromString(flag)
