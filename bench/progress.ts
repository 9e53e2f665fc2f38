/** Says on a terminal what is going on, in place of what it said before; nothing ends it. */
export function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`)
}
