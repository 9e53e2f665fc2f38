// Scripts that run inside a page. They are text: nothing here is compiled for a browser.

/** Gathers what must not happen, from before the first script of the page runs. */
export const WATCH = `
  window.__seen = { shifts: [], violations: [] }
  addEventListener('securitypolicyviolation', (event) => {
    window.__seen.violations.push(event.effectiveDirective + ' ' + event.blockedURI)
  })
  const nameOf = (node) => {
    if (!node) return 'a node that is gone'
    const element = node.nodeType === 1 ? node : node.parentElement
    return element ? element.tagName.toLowerCase() + '.' + (element.className.baseVal ?? element.className) : node.nodeName
  }
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      if (entry.hadRecentInput) continue
      window.__seen.shifts.push({
        value: entry.value,
        at: entry.startTime,
        of: entry.sources.map(({ node, previousRect, currentRect }) =>
          nameOf(node) + ' ' + JSON.stringify(previousRect) + ' to ' + JSON.stringify(currentRect)),
      })
    }
  }).observe({ type: 'layout-shift', buffered: true })
`

/** Resolves with the milliseconds between frames for so long. */
export const frames = (forMs: number) => `new Promise((resolve) => {
  const gaps = []
  const began = performance.now()
  let last = began
  const next = (now) => {
    gaps.push(now - last)
    last = now
    if (now - began < ${forMs}) requestAnimationFrame(next)
    else resolve(gaps.slice(1))
  }
  requestAnimationFrame(next)
})`

/** How far the page is wider than its window: 0, or it scrolls sideways. */
export const SIDEWAYS =
  'Math.max(0, document.documentElement.scrollWidth - document.documentElement.clientWidth)'

/** What has the focus: its name for people, and whether it can be seen that it has it. */
export const FOCUSED = `(() => {
  const element = document.activeElement
  if (!element || element === document.body) return null
  const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element)
  const { width, height } = element.getBoundingClientRect()
  const name = element.getAttribute('aria-label') || element.labels?.[0]?.textContent || element.textContent || ''
  return {
    what: element.tagName.toLowerCase() + ' ' + name.trim().replace(/\\s+/g, ' ').slice(0, 80),
    shown: (outlineStyle !== 'none' && outlineWidth !== '0px') || boxShadow !== 'none' ||
      element.tagName === 'INPUT' && width * height <= 1,
  }
})()`

/** Animations that go on by themselves, or take long enough to be seen moving. */
export const MOVING = `document.getAnimations()
  .filter(({ playState, effect }) => playState === 'running' && effect.getComputedTiming().duration > 1)
  .map(({ effect, animationName, transitionProperty }) =>
    (animationName ?? transitionProperty) + ' of ' + effect.target?.className)`
