// The only script. Every page can be read without it.
"use strict";
document.documentElement.classList.add("scripted");

// -- chart: drag over the bars to choose a span --
for (const chart of document.querySelectorAll("svg[data-brush]")) {
  const bars = [...chart.querySelectorAll("[data-from]")];
  let start = -1;
  let end = -1;
  const at = (event) => {
    const box = chart.getBoundingClientRect();
    const part = (event.clientX - box.left) / box.width;
    return Math.min(bars.length - 1, Math.max(0, Math.floor(part * bars.length)));
  };
  const show = () => {
    const [low, high] = [Math.min(start, end), Math.max(start, end)];
    bars.forEach((bar, index) => bar.classList.toggle("brushed", start >= 0 && index >= low && index <= high));
  };
  chart.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || event.pointerType === "touch") return;
    start = end = at(event);
  });
  chart.addEventListener("pointermove", (event) => {
    if (start < 0) return;
    if (at(event) !== start) chart.setPointerCapture(event.pointerId);
    end = at(event);
    show();
  });
  chart.addEventListener("pointerup", () => {
    const [low, high] = [Math.min(start, end), Math.max(start, end)];
    start = end = -1;
    if (low < 0 || low === high) return show(); // a click: the bar's own link says where to
    const address = new URL(chart.dataset.brush, location.href);
    address.searchParams.set("from", bars[low].dataset.from);
    address.searchParams.set("to", bars[high].dataset.to);
    location.assign(address);
  });
  chart.addEventListener("pointercancel", () => {
    start = end = -1;
    show();
  });
  chart.addEventListener("dragstart", (event) => event.preventDefault());
}
// -- end of chart --

// -- pages that look again by themselves, while nobody is at work in them --
const again = document.querySelector("[data-again]");
if (again) {
  const main = document.getElementById("main");
  setInterval(async () => {
    if (document.hidden || main.contains(document.activeElement) || !getSelection().isCollapsed) return;
    try {
      const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
      const next = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("main");
      if (answer.ok && next) main.replaceChildren(...next.childNodes);
    } catch {
      // away for a moment: what was there stays, with the time that it says
    }
  }, 1000 * again.dataset.again);
}
// -- end of looking again --
