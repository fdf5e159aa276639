// Runs in the page before anything of the page does, and notes when what happened.
export const watch = () => {
  const seen = (window.seen = { painted: 0, largest: 0, shift: 0, longest: 0, atWork: 0, shown: 0, moved: [], interactions: {} });
  const listen = (type, note, more = {}) => new PerformanceObserver((list) => list.getEntries().forEach(note)).observe({ type, buffered: true, ...more });
  listen("paint", (entry) => entry.name === "first-contentful-paint" && (seen.painted = entry.startTime));
  listen("largest-contentful-paint", (entry) => (seen.largest = entry.startTime));
  listen("layout-shift", (entry) => {
    if (entry.hadRecentInput) return;
    seen.shift += entry.value;
    const names = entry.sources.map(({ node }) => node?.className || node?.nodeName || "something that has gone");
    seen.moved.push(`${entry.value.toFixed(4)} at ${Math.round(entry.startTime)} ms: ${names.join(", ")}`);
  });
  listen("longtask", (entry) => (seen.longest = Math.max(seen.longest, entry.duration)));
  listen(
    "event",
    (entry) => {
      // Keys that are typed before the page is at work are the browser's own business.
      if (!entry.interactionId || !seen.atWork || entry.startTime < seen.atWork) return;
      const known = seen.interactions[entry.interactionId];
      if (known && known.ms >= entry.duration) return;
      const on = entry.target?.closest?.("a, button, textarea")?.className || entry.target?.id || "the page";
      const waited = Math.round(entry.processingStart - entry.startTime);
      const worked = Math.round(entry.processingEnd - entry.processingStart);
      seen.interactions[entry.interactionId] = { ms: entry.duration, at: Math.round(entry.startTime), name: entry.name, on, waited, worked };
    },
    { durationThreshold: 16 },
  );
  new MutationObserver(() => {
    const now = performance.now();
    if (!seen.atWork && document.documentElement?.dataset.hydrated === "true") seen.atWork = now;
    if (!seen.shown && window.wanted) {
      const found = [...document.querySelectorAll("li.msg .bubble__text")].some((text) => text.textContent === window.wanted);
      if (found) seen.shown = now;
    }
  }).observe(document, { subtree: true, childList: true, attributes: true, attributeFilter: ["data-hydrated"] });
};
