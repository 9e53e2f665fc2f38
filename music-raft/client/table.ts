/** Rows as aligned columns with a heading; numbers to the right. Ends with a line break. */
export function table(
  heading: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): string {
  const texts = [heading, ...rows.map((row) => row.map(visible))]
  const widths = heading.map((_, column) =>
    Math.max(...texts.map((row) => [...(row[column] ?? '')].length)),
  )
  const lines = texts.map((row, index) =>
    row
      .map((text, column) => {
        const numeric = index > 0 && typeof rows[index - 1]?.[column] === 'number'
        const padding = ' '.repeat((widths[column] ?? 0) - [...text].length)
        return numeric ? padding + text : text + padding
      })
      .join('  ')
      .trimEnd(),
  )
  return `${lines.join('\n')}\n`
}

const INVISIBLE = /[\p{Cc}\p{Cf}\u2028\u2029]/gu

/** A title may hold anything; none of it may move a terminal's cursor. */
export function visible(value: string | number): string {
  return String(value).replace(INVISIBLE, '\u{fffd}')
}

/** Bytes for people. */
export function mebibytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(0)} MiB`
}
