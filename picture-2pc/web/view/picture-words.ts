/** Bytes in few characters. */
export function bytesText(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`
  if (bytes < 1024 ** 2) return `${round(bytes / 1024)} KiB`
  return `${round(bytes / 1024 ** 2)} MiB`
}

function round(value: number): string {
  return value < 10 ? value.toFixed(1).replace('.0', '') : String(Math.round(value))
}
