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
// -- search box: names that begin as is being typed; choosing one narrows the search to it --
for (const box of document.querySelectorAll("input[data-suggest]")) {
  const form = box.form;
  const list = document.createElement("ul");
  Object.assign(list, { id: "suggestions", className: "suggestions", role: "listbox", hidden: true });
  list.setAttribute("aria-label", "Names");
  form.append(list);
  const attributes = { role: "combobox", "aria-autocomplete": "list", "aria-controls": "suggestions", "aria-expanded": "false" };
  for (const [name, value] of Object.entries(attributes)) box.setAttribute(name, value);
  const kinds = { PER: "person", ORG: "organisation", LOC: "place", NORP: "group", EVENT: "event", MISC: "other" };
  let found = [];
  let chosen = -1;
  let waiting;
  let asked;

  const mark = (index) => {
    chosen = index;
    [...list.children].forEach((item, at) => item.setAttribute("aria-selected", at === index));
    if (index < 0) box.removeAttribute("aria-activedescendant");
    else box.setAttribute("aria-activedescendant", list.children[index].id);
  };
  const show = (suggestions) => {
    found = suggestions;
    list.replaceChildren(
      ...found.map((each, at) => {
        const item = document.createElement("li");
        Object.assign(item, { id: `suggestion-${at}`, role: "option" });
        const name = document.createElement("bdi");
        name.className = `name ${each.type}`;
        name.textContent = each.name;
        const told = document.createElement("span");
        told.className = "meta";
        told.textContent = `${kinds[each.type]} · ${each.articles.toLocaleString("en")}`;
        item.append(name, told);
        item.addEventListener("pointerdown", (event) => {
          event.preventDefault();
          take(at);
        });
        return item;
      }),
    );
    list.hidden = found.length === 0;
    box.setAttribute("aria-expanded", String(found.length > 0));
    mark(-1);
  };
  // What is being typed: all after the last quote, bracket, field or operator.
  const typed = () =>
    /[^"():]*$/
      .exec(box.value.slice(0, box.selectionStart))[0]
      .replace(/^.*\b(?:OR|AND|NOT)\s/, "")
      .replace(/^\s*-?/, "");
  const ask = async () => {
    const words = typed();
    asked?.abort();
    if (words.trim().length < 2 || words.length > 100) return show([]);
    asked = new AbortController();
    try {
      const answer = await fetch(`${box.dataset.suggest}?${new URLSearchParams({ q: words })}`, { signal: asked.signal });
      show(answer.ok && document.activeElement === box ? (await answer.json()).suggestions : []);
    } catch (error) {
      if (error.name !== "AbortError") show([]);
    }
  };
  const take = (at) => {
    const { field, value } = found[at];
    const words = typed();
    const start = box.selectionStart;
    box.value = (box.value.slice(0, start - words.length) + box.value.slice(start)).replace(/\s*\b(OR|AND|NOT)\s*$|\s*-$/, "").trim();
    const input = document.createElement("input");
    Object.assign(input, { type: "hidden", name: field, value });
    form.append(input);
    show([]);
    form.requestSubmit();
  };
  box.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(ask, 120);
  });
  box.addEventListener("blur", () => show([]));
  box.addEventListener("keydown", (event) => {
    if (list.hidden || event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      mark(((chosen + 1 + step + found.length + 1) % (found.length + 1)) - 1);
    } else if (event.key === "Enter" && chosen >= 0) {
      event.preventDefault();
      take(chosen);
    } else if (event.key === "Escape") {
      event.preventDefault();
      show([]);
    }
  });
}
// -- end of search box --
// -- the live view: new articles at the top, as they come; names and titles only ever as text --
(() => {
  const list = document.getElementById("live");
  if (!list || !window.EventSource) return;
  const most = 200, state = document.getElementById("live-state"), pause = document.getElementById("live-pause");
  const held = [];
  let source, running = false;

  const made = (name, text, more = {}) => Object.assign(document.createElement(name), { textContent: text, ...more });

  const row = (article) => {
    const item = document.createElement("li"), link = document.createElement("a");
    item.dataset.key = `${article.id}-${article.revision}`;
    link.href = `/articles/${encodeURIComponent(article.id)}`;
    link.append(made("bdi", article.title || "(no title)"));
    const when = article.published || article.first_seen, meta = made("span", "", { className: "meta" });
    const shown = new Date(when).toLocaleString("en-GB", {
      day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit", timeZone: "UTC",
    });
    meta.append(made("time", shown, { dateTime: when }), " · ", made("bdi", article.feed.title || article.feed.url));
    if (article.revision > 1) meta.append(` · revision ${article.revision}`);
    item.append(link, " ", meta);
    return item;
  };

  const show = (article) => {
    const key = `${article.id}-${article.revision}`;
    if ([...list.children].some((item) => item.dataset.key === key)) return;
    list.prepend(row(article));
    document.getElementById("live-none")?.remove();
    while (list.children.length > most) list.lastElementChild.remove();
  };

  const tell = () => {
    pause.textContent = running ? "Pause" : held.length ? `Go on (${held.length} more)` : "Go on";
  };

  const open = () => {
    source = new EventSource(list.dataset.events);
    source.onopen = () => { state.textContent = "New articles appear at the top as they come in."; };
    source.onerror = () => { state.textContent = "Not connected now; it is tried again."; };
    source.addEventListener("missed", () => {
      state.textContent = "Some articles may be missing here; load the page again for all.";
    });
    source.addEventListener("article", (event) => {
      const article = JSON.parse(event.data);
      if (running) return show(article);
      held.push(article);
      if (held.length > most) held.shift();
      tell();
    });
  };

  pause.hidden = false;
  pause.addEventListener("click", () => {
    running = !running;
    if (running) held.splice(0).forEach(show);
    tell();
  });
  running = true;
  open();
})();
// -- end of the live view --
