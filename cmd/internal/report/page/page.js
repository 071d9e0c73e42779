"use strict";
(function () {
  // A link to a finding opens it.
  function reveal(hash) {
    const target = document.getElementById(hash.slice(1));
    if (target instanceof HTMLDetailsElement) target.open = true;
  }
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#']");
    if (link) reveal(link.hash);
  });
  window.addEventListener("hashchange", () => reveal(location.hash));
  window.addEventListener("beforeprint", () => {
    for (const folded of document.querySelectorAll("details")) folded.open = true;
  });
  reveal(location.hash);

  const map = document.querySelector(".map");
  if (!map) return;
  const ties = JSON.parse(document.getElementById("ties").textContent);
  const svg = map.querySelector("svg");
  const panel = document.getElementById("panel");
  const all = document.getElementById("all-ties");
  const search = document.getElementById("search");
  const faulty = document.getElementById("faulty");
  const nodes = new Map();
  for (const button of map.querySelectorAll(".node")) nodes.set(button.id, button);
  let chosen = "";

  // The ties are too many to read when all of them are drawn: by default those
  // of the chosen resource and those with a finding are. Where there are many
  // accounts, their frames say how deliveries end.
  const many = map.querySelector(".areas.many");
  function telling(tie) {
    return tie.worst && tie.worst !== "ok" && !(many && tie.label === "delivers to");
  }
  function shown(tie) {
    const from = nodes.get(tie.from), to = nodes.get(tie.to);
    if (!from || !to || !from.offsetParent || !to.offsetParent) return false;
    return all.checked || telling(tie) || tie.from === chosen || tie.to === chosen;
  }

  function draw() {
    const origin = map.getBoundingClientRect();
    svg.replaceChildren();
    for (const tie of ties) {
      if (!shown(tie)) continue;
      const a = nodes.get(tie.from).getBoundingClientRect();
      const b = nodes.get(tie.to).getBoundingClientRect();
      const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
      path.setAttribute("d", curve(a, b, origin));
      if (tie.worst) path.classList.add("is-" + tie.worst);
      if (tie.from === chosen || tie.to === chosen) path.classList.add("chosen");
      svg.append(path);
    }
  }

  function curve(a, b, origin) {
    const middle = (r) => r.top + r.height / 2 - origin.top;
    if (Math.abs(middle(a) - middle(b)) < 4) {
      const x1 = (a.left < b.left ? a.right : a.left) - origin.left;
      const x2 = (a.left < b.left ? b.left : b.right) - origin.left;
      return `M${x1} ${middle(a)}L${x2} ${middle(b)}`;
    }
    const down = middle(a) < middle(b);
    const x1 = a.left + a.width / 2 - origin.left, x2 = b.left + b.width / 2 - origin.left;
    const y1 = (down ? a.bottom : a.top) - origin.top, y2 = (down ? b.top : b.bottom) - origin.top;
    const bend = (y1 + y2) / 2;
    return `M${x1} ${y1}C${x1} ${bend} ${x2} ${bend} ${x2} ${y2}`;
  }

  function choose(id) {
    if (chosen) nodes.get(chosen).setAttribute("aria-pressed", "false");
    chosen = id === chosen ? "" : id;
    panel.replaceChildren();
    if (chosen) {
      nodes.get(chosen).setAttribute("aria-pressed", "true");
      panel.append(document.getElementById("about-" + chosen).content.cloneNode(true));
      list("Ties to", ties.filter((t) => t.from === chosen), (t) => t.to);
      list("Ties from", ties.filter((t) => t.to === chosen), (t) => t.from);
    } else {
      const hint = document.createElement("p");
      hint.className = "quiet";
      hint.textContent = panel.dataset.hint;
      panel.append(hint);
    }
    draw();
  }

  function list(title, some, end) {
    if (!some.length) return;
    const heading = document.createElement("h3");
    heading.textContent = title;
    const items = document.createElement("ul");
    for (const tie of some) {
      const item = document.createElement("li");
      const button = document.createElement("button");
      button.className = "link";
      button.type = "button";
      button.textContent = nodes.get(end(tie)).dataset.name;
      button.addEventListener("click", () => { choose(end(tie)); nodes.get(end(tie)).focus(); });
      item.append(tie.label + ": ", button);
      if (tie.worst) item.append(" (" + tie.worst + ")");
      items.append(item);
    }
    panel.append(heading, items);
  }

  function filter() {
    const wanted = search.value.trim().toLowerCase();
    for (const area of map.querySelectorAll(".area")) {
      let any = area.dataset.name.includes(wanted);
      for (const node of area.querySelectorAll(".node")) {
        any = any || node.dataset.name.toLowerCase().includes(wanted);
      }
      const fine = !["is-error", "is-warning", "is-unknown"].some((name) => area.classList.contains(name));
      area.hidden = !any || (faulty.checked && fine && !area.classList.contains("builds"));
    }
    draw();
  }

  for (const [id, button] of nodes) button.addEventListener("click", () => choose(id));
  all.addEventListener("change", draw);
  search.addEventListener("input", filter);
  faulty.addEventListener("change", filter);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && chosen) {
      const back = nodes.get(chosen);
      choose(chosen);
      back.focus();
    }
  });
  window.addEventListener("resize", draw);
  for (const [event, printing] of [["beforeprint", true], ["afterprint", false]]) {
    window.addEventListener(event, () => {
      document.documentElement.classList.toggle("printing", printing);
      draw();
    });
  }
  new ResizeObserver(draw).observe(map);
  // A link may name a resource: page.html#n3.
  function follow() {
    const id = location.hash.slice(1);
    if (nodes.has(id) && id !== chosen) choose(id);
  }
  window.addEventListener("hashchange", follow);
  all.checked = ties.length <= 60 && map.clientWidth > 600;
  draw();
  follow();
})();
