/** A value as CSS compares an attribute with it. */
export function attribute(value: string): string {
  const escaped = value.replaceAll(
    /["\\\n\r\f]/g,
    (each) => `\\${each.charCodeAt(0).toString(16)} `,
  )
  return `"${escaped}"`
}
