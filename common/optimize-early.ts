import { setFlagsFromString } from 'node:v8'

/**
 * V8 compiles a function well when it has run for long enough; until then a node runs at half its speed.
 * Of five nodes that share a few hundred calls a second each is there after a minute. With these limits
 * it is after some seconds. The price: a function whose first calls told little is compiled again, and
 * a change of load can bring a second in which all nodes do little else. Imported for its effect, by a
 * process that serves. Only for versions like those it was measured with, 20.20 and 24.21: another V8
 * names these otherwise, or does so by itself.
 */
const FLAGS: Readonly<Record<string, readonly string[]>> = {
  20: ['--interrupt-budget=8000'],
  24: [
    '--invocation-count-for-maglev=50',
    '--invocation-count-for-turbofan=400',
    '--minimum-invocations-after-ic-update=50',
  ],
}

const [major = ''] = process.versions.node.split('.')
for (const flag of FLAGS[major] ?? []) setFlagsFromString(flag)
