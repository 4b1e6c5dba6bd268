"use strict";
(() => {
  const form = document.querySelector("form");
  const lists = Array.from(document.querySelectorAll(".rows"), (list) => ({ list, rows: Array.from(list.children) }));
  const rows = lists.flatMap(({ rows }) => rows);
  const shown = form.querySelector("output");
  const texts = new Map();
  const text = (row) => {
    if (!texts.has(row)) texts.set(row, row.textContent.toLowerCase());
    return texts.get(row);
  };
  const has = (row, key, value) => value === "" || (row.dataset[key] || "").split(" ").includes(value);
  const filter = () => {
    const actions = new Set(Array.from(form.querySelectorAll("input[name=action]:checked"), (box) => box.value));
    const words = form.text.value.toLowerCase().split(/\s+/).filter(Boolean);
    const tag = form.tag ? form.tag.value : "";
    const suite = form.suite ? form.suite.value : "";
    let count = 0;
    for (const { list, rows } of lists) {
      let here = 0;
      for (const row of rows) {
        const fits = actions.has(row.dataset.action) && has(row, "tags", tag) && has(row, "suites", suite)
          && words.every((word) => text(row).includes(word));
        if (row.hidden === fits) row.hidden = !fits;
        if (fits) here += 1;
      }
      list.hidden = here === 0;
      // The height of a list that was not in sight yet, for the scroll bar.
      list.style.containIntrinsicHeight = `auto ${here * 2.4}rem`;
      count += here;
    }
    shown.value = `${count.toLocaleString("en")} of ${rows.length.toLocaleString("en")} shown`;
  };
  let waiting = 0;
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(filter, 80);
  });
  form.addEventListener("reset", () => setTimeout(filter));
  form.addEventListener("submit", (event) => event.preventDefault());
  const fold = (open) => {
    for (const row of rows) {
      const details = row.hidden ? null : row.querySelector("details");
      if (details) details.open = open;
    }
  };
  form.querySelector("[data-fold=open]").addEventListener("click", () => fold(true));
  form.querySelector("[data-fold=close]").addEventListener("click", () => fold(false));
  document.documentElement.className = "js";
  filter();
})();
