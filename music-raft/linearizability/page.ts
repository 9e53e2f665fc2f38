import type { Operation, Window } from './history.ts'
import { overview } from './overview.ts'
import { STYLE } from './page-style.ts'
import { type Drawing, htmlText, sentence, type Words } from './words.ts'
import { zoom } from './zoom.ts'

const LAST_SHOWN = 20
const RELATED_SHOWN = 40
const STATES_SHOWN = 4

/**
 * A history as one HTML page that needs nothing else: no scripts, nothing to load. A lane for each
 * client; at the top the window that has no linearization, event by event, below it the whole history
 * to scale, with what was broken when.
 */
export function drawHistory<S, I, O>(drawing: Drawing<S, I, O>): string {
  const { title, notes, verdict } = drawing
  const violation = verdict.kind === 'violation'
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${htmlText(title)}</title>
<style>${STYLE}</style>
<h1>${htmlText(title)}</h1>
${notes.map((note) => `<p class="note">${htmlText(note)}</p>`).join('\n')}
<p class="verdict ${verdict.kind}">${summary(drawing)}</p>
${violation ? explanation(drawing) : ''}
<h2>${violation ? 'The window, event by event' : 'The end of the longest order, event by event'}</h2>
<p class="key">Each column is a call or a return, in order and not to scale. Hold the pointer over a bar
for all of it; the numbers are those of the table.</p>
${zoom(drawing)}
<h2>The whole history, to scale</h2>
${overview(drawing)}
<h2>The longest order found</h2>
${longest(drawing)}
</html>
`
}

function summary<S, I, O>({ verdict, operations }: Drawing<S, I, O>): string {
  const looked = `${operations.length} operations, ${verdict.steps} steps`
  if (verdict.kind === 'ok') return `Linearizable. ${looked}.`
  const placed = verdict.longestPrefix.length
  if (verdict.kind === 'undecided')
    return `Undecided: the budget was used up after ${placed} of ${looked}.`
  return `Not linearizable. The longest order holds ${placed} of ${looked}.`
}

function explanation<S, I, O>({ verdict, words, operations }: Drawing<S, I, O>): string {
  if (verdict.kind !== 'violation') return ''
  const { blocked, from, to } = verdict.window
  const ends = endsOf(verdict.window, words)
  // states that differ in what is not shown, as in the order of arrival, read alike
  const rows = new Set(
    ends.map(
      ({ state, expected }) =>
        `<tr><td>${htmlText(words.state(state))}<td>${htmlText(words.output(expected))}`,
    ),
  )
  const differing = ends[0]?.differing ?? []
  const names = differing.length > 0 ? differing : words.names(blocked.input, blocked.output)
  const about = operations.filter(
    (operation) =>
      operation !== blocked &&
      operation.call <= to &&
      words.names(operation.input, operation.output).some((name) => names.includes(name)) &&
      words.changes(operation.input, operation.output),
  )
  about.sort((a, b) => a.call - b.call)
  return `<p>Client ${htmlText(String(blocked.client))} was told
<strong>${htmlText(sentence(words, blocked))}</strong> between ${time(from)} and ${time(to)}.
At no moment there, in no order of what happened before, is that the right answer.</p>
<table><tr><th>A state in which every order ends<th>What would be right there${[...rows].join('\n')}</table>
${
  about.length === 0
    ? ''
    : `<h2>Operations about ${htmlText(names.slice(0, 8).join(', '))}</h2>
${table(words, about.slice(-RELATED_SHOWN))}`
}`
}

/** The states that come nearest to the answer first. */
function endsOf<S, I, O>({ blocked, states }: Window<S, I, O>, words: Words<S, I, O>) {
  const { input, output } = blocked
  const ends = states.map((state) => {
    const expected = words.expected(state, input)
    return { state, expected, differing: output === null ? [] : words.differing(output, expected) }
  })
  return ends.sort((a, b) => a.differing.length - b.differing.length).slice(0, STATES_SHOWN)
}

function longest<S, I, O>({ verdict, words }: Drawing<S, I, O>): string {
  const order = verdict.kind === 'ok' ? verdict.linearization : verdict.longestPrefix
  const left = order.length - LAST_SHOWN
  const more = left > 0 ? `<p class="note">After ${left} others:</p>` : ''
  return `${more}${table(words, order.slice(-LAST_SHOWN))}`
}

function table<S, I, O>(
  words: Drawing<S, I, O>['words'],
  operations: readonly Operation<I, O>[],
): string {
  const rows = operations.map(
    (operation) =>
      `<tr><td>${htmlText(String(operation.client))}<td>${time(operation.call)}<td>${
        operation.return === null ? 'open' : time(operation.return)
      }<td>${htmlText(sentence(words, operation))}`,
  )
  return `<table><tr><th>Client<th>Call<th>Return<th>Operation${rows.join('\n')}</table>`
}

function time(milliseconds: number): string {
  return `${milliseconds.toFixed(1)} ms`
}
