// What Patch Report shows on the node: the image with its numbered patches, beside the claims that were kept and dropped.
// Text from a caption is set as text, never as markup.
import { api } from "../../../../scripts/api.js";
import { element, pager } from "../elements.js";
import { reason, regionName, result, text } from "../texts.js";

export const STYLE = `
.patch-report { container-type: size; min-height: 240px; overflow: auto; height: 100%; font: 12px/1.45 sans-serif;
  color: var(--input-text); background: var(--comfy-input-bg); border-radius: 6px; }
.patch-report .empty { padding: 12px; color: var(--descrip-text); }
.patch-report .columns { display: flex; flex-direction: column; gap: 10px; padding: 8px; }
.patch-report .image { position: relative; flex: none; align-self: flex-start; cursor: pointer; }
.patch-report .image img { display: block; width: 100%; border-radius: 4px; }
.patch-report .patch { position: absolute; box-sizing: border-box; padding: 0;
  border: 2px solid var(--colour); opacity: 0.85; pointer-events: none; }
.patch-report .patch.chosen { opacity: 1; border-width: 4px; }
.patch-report .faded .patch:not(.chosen) { opacity: 0.25; }
.patch-report b.number { display: inline-block; min-width: 1.2em; padding: 0 3px; box-sizing: border-box;
  border-radius: 3px; text-align: center; background: var(--colour); color: var(--ink); font-size: 11px;
  line-height: 1.4; cursor: pointer; }
.patch-report .patch b.number { position: absolute; font-size: 13px; pointer-events: auto; }
.patch-report .patch b.left { left: 0; } .patch-report .patch b.right { right: 0; }
.patch-report .patch b.top { top: 0; } .patch-report .patch b.bottom { bottom: 0; }
.patch-report .sentences { flex: 1; min-width: 0; }
.patch-report h4 { margin: 2px 0 4px; font-size: 12px; font-weight: 600; }
.patch-report h4 ~ h4 { margin-top: 12px; }
.patch-report .sentence { padding: 3px 0 4px 8px; margin: 2px 0; border-left: 3px solid var(--mark); }
.patch-report .dropped { color: var(--descrip-text); }
.patch-report .dropped .text { text-decoration: line-through; text-decoration-thickness: 1px; }
.patch-report .score { float: right; margin-left: 8px; font-variant-numeric: tabular-nums; }
.patch-report .why { color: var(--descrip-text); font-size: 11px; }
.patch-report .pages { display: flex; gap: 8px; align-items: center; padding: 6px 8px 0; }
.patch-report .pages button { font: inherit; color: inherit; background: none; cursor: pointer;
  border: 1px solid var(--border-color); border-radius: 4px; padding: 0 8px; }
.patch-report .notes { margin: 10px 0 0; padding-left: 16px; color: var(--descrip-text); }
@container (min-width: 460px) {
  .patch-report .columns { flex-direction: row; }
  .patch-report .image { position: sticky; top: 8px; width: 45%; }
}`;
const KEPT = "#3cb44b";
const DROPPED = "#e6194b";

// Black on yellow, white on the darker colours.
export function ink(colour) {
  const [r, g, b] = [1, 3, 5].map((i) => parseInt(colour.slice(i, i + 2), 16));
  return 0.3 * r + 0.6 * g + 0.1 * b > 150 ? "#000" : "#fff";
}

function badge(region, choose) {
  const made = element("b", "number", String(region.number));
  made.style.setProperty("--colour", region.colour);
  made.style.setProperty("--ink", ink(region.colour));
  made.title = regionName(region.name);
  made.addEventListener("click", (event) => {
    event.stopPropagation();
    choose(region.number);
  });
  return made;
}

// The corner of each region's box where its number stands: the one nearest to a corner of the image,
// unless another number is there.
export function corners(regions, [width, height]) {
  const taken = [];
  return regions.map(({ box: [x1, y1, x2, y2] }) => {
    const own = [["left", "top"], ["right", "top"], ["left", "bottom"], ["right", "bottom"]].map((names) => {
      const x = (names[0] === "left" ? x1 : x2) / width;
      const y = (names[1] === "top" ? y1 : y2) / height;
      return { names, x, y, edge: Math.min(x, 1 - x) + Math.min(y, 1 - y) };
    });
    own.sort((a, b) => a.edge - b.edge);
    // 0.1 of the image: more than a number takes.
    const free = (c) => taken.every((t) => Math.abs(t.x - c.x) > 0.1 || Math.abs(t.y - c.y) > 0.1);
    const corner = own.find(free) ?? own[0];
    taken.push(corner);
    return corner.names;
  });
}

// The patches at a place, the smallest first.
export function patchesAt(regions, x, y) {
  const area = ({ box: [x1, y1, x2, y2] }) => (x2 - x1) * (y2 - y1);
  const inside = ({ box: [x1, y1, x2, y2] }) => x1 <= x && x < x2 && y1 <= y && y < y2;
  return regions.filter(inside).sort((a, b) => area(a) - area(b));
}

function imageWithPatches(view, chosen, choose) {
  const made = element("div", chosen ? "image faded" : "image");
  const image = element("img");
  image.src = api.apiURL(`/view?${new URLSearchParams(view.image)}`);
  made.append(image);
  const [width, height] = view.size;
  // Where patches overlap, each click chooses the next of them, and at last none.
  made.addEventListener("click", (event) => {
    const shown = image.getBoundingClientRect();
    const x = ((event.clientX - shown.left) / shown.width) * width;
    const y = ((event.clientY - shown.top) / shown.height) * height;
    const here = patchesAt(view.regions, x, y);
    const next = here[here.findIndex((r) => r.number === chosen) + 1];
    choose(next ? next.number : chosen);
  });
  const places = corners(view.regions, view.size);
  for (const [index, region] of view.regions.entries()) {
    const [x1, y1, x2, y2] = region.box;
    const box = element("div", region.number === chosen ? "patch chosen" : "patch");
    box.style.setProperty("--colour", region.colour);
    // A little further in each, so that shared edges stay visible.
    const inset = 2 * ((region.number - 1) % 4);
    box.style.left = `calc(${(100 * x1) / width}% + ${inset}px)`;
    box.style.top = `calc(${(100 * y1) / height}% + ${inset}px)`;
    box.style.width = `calc(${(100 * (x2 - x1)) / width}% - ${2 * inset}px)`;
    box.style.height = `calc(${(100 * (y2 - y1)) / height}% - ${2 * inset}px)`;
    const number = badge(region, choose);
    number.classList.add(...places[index]);
    box.append(number);
    made.append(box);
  }
  return made;
}

// How many captions say it, and why it was kept or dropped.
export function whyOf(statement) {
  const [said, asked] = statement.support;
  return `${asked ? `${text("labels", "captions", said, asked)} · ` : ""}${reason(statement)}`;
}

function sentence(statement, regions, choose) {
  const made = element("div", statement.kept ? "sentence kept" : "sentence dropped");
  made.style.setProperty("--mark", statement.kept ? KEPT : DROPPED);
  const score = statement.score === null ? "–" : statement.score.toFixed(2);
  const number = element("span", "score", `${statement.kept ? "✓" : "✗"} ${score}`);
  number.title = text("labels", "score");
  const why = element("div", "why");
  for (const n of statement.regions) {
    const region = regions.find((r) => r.number === n);
    why.append(region ? badge(region, choose) : element("span", "", text("labels", "whole")), " ");
  }
  why.append(`· ${whyOf(statement)}`);
  made.append(number, element("span", "text", statement.text), why);
  return made;
}

function sentences(view, chosen, choose) {
  const made = element("div", "sentences");
  const shown = view.statements.filter((s) => !chosen || s.regions.includes(chosen));
  const where = view.regions.find((r) => r.number === chosen);
  for (const [title, kept] of [["kept", true], ["dropped", false]]) {
    const group = shown.filter((s) => s.kept === kept);
    const heading = element("h4", "", `${text("labels", title)} (${group.length}) `);
    if (where) {
      const back = badge(where, () => choose(0));
      back.textContent = `${where.number} ${regionName(where.name)} ×`;
      heading.append(back);
    }
    made.append(heading, ...group.map((s) => sentence(s, view.regions, choose)));
  }
  if (view.notes.length && !chosen) {
    const notes = element("ul", "notes");
    notes.append(...view.notes.map((note) => element("li", "", result(note))));
    made.append(notes);
  }
  return made;
}

// `bar(page)`: the element above the image of a page.
export function render(root, views, bar, page = 0, chosen = 0) {
  root.replaceChildren();
  if (!views.length) {
    root.append(element("div", "empty", text("labels", "empty")), bar(page));
    return;
  }
  const go = (to) => render(root, views, bar, to);
  const choose = (number) => render(root, views, bar, page, number === chosen ? 0 : number);
  const pages = element("div", "pages");
  pages.append(bar(page), ...pager(page, views.length, go));
  root.append(pages);
  const columns = element("div", "columns");
  columns.append(imageWithPatches(views[page], chosen, choose), sentences(views[page], chosen, choose));
  root.append(columns);
}
