/** Does it at once, or, while nobody sees the page, once when somebody does again. */
export function whenSeen(act: () => void): () => void {
  let waits = false
  return () => {
    if (!document.hidden) {
      act()
      return
    }
    if (waits) return
    waits = true
    const seen = () => {
      waits = false
      act()
    }
    document.addEventListener('visibilitychange', seen, { once: true })
  }
}
