// Compare Captions: two captions of an image side by side, claim by claim. Text from a caption is set as text, never as
// markup.
import { app } from "../../../scripts/app.js";
import { element, pager } from "./elements.js";
import { text } from "./texts.js";

const NODE = "CompareCaptions";
const STYLE = `
.caption-comparison { position: relative; height: 100%; min-height: 200px; font: 12px/1.45 sans-serif;
  color: var(--input-text); background: var(--comfy-input-bg); border-radius: 6px; }
.caption-comparison .scrolled { position: absolute; inset: 0; overflow: auto; }
.caption-comparison .empty { padding: 12px; color: var(--descrip-text); }
.caption-comparison table { width: 100%; border-collapse: collapse; table-layout: fixed; }
.caption-comparison th, .caption-comparison td { text-align: left; vertical-align: top; padding: 3px 8px;
  overflow-wrap: anywhere; }
.caption-comparison thead th { position: sticky; top: 0; background: var(--comfy-menu-bg); font-weight: 600; }
.caption-comparison thead .cost { font-weight: 400; color: var(--descrip-text); }
.caption-comparison .group th { padding-top: 10px; font-weight: 600; }
.caption-comparison .claim td { border-left: 3px solid var(--mark); }
.caption-comparison .claim td.nothing { border-left-color: transparent; color: var(--descrip-text); }
.caption-comparison .score { float: right; margin-left: 8px; font-variant-numeric: tabular-nums; }
.caption-comparison .check { color: var(--descrip-text); }
.caption-comparison .pages { display: flex; gap: 8px; align-items: center; padding: 6px 8px; }
.caption-comparison .pages button { font: inherit; color: inherit; background: none; cursor: pointer;
  border: 1px solid var(--border-color); border-radius: 4px; padding: 0 8px; }`;
// Distinct for people who cannot tell red from green.
const GROUPS = [
  ["contradicting", "#e6194b"],
  ["both", "#3cb44b"],
  ["only_left", "#4363d8"],
  ["only_right", "#f58231"],
];

function claim(said, whenNothing) {
  const made = element("td", said ? "" : "nothing", said ? "" : whenNothing);
  if (!said) return made;
  if (said.score !== null) {
    const score = element("span", "score", said.score.toFixed(2));
    score.title = text("labels", "score");
    made.append(score);
  }
  made.append(element("span", "text", said.text));
  if (said.check) made.append(element("span", "check", ` · ${text("comparison", said.check)}`));
  made.title = said.regions.join(", ");
  return made;
}

// The pairs (left, right) of a group.
function pairs(view, group) {
  if (group === "only_left") return view[group].map((said) => [said, null]);
  if (group === "only_right") return view[group].map((said) => [null, said]);
  return view[group];
}

function heading(view, side) {
  const made = element("th", "", text("comparison", side));
  const { claims, mean_score: mean, requests, tokens, cost } = view[side];
  const parts = [text("comparison", "claims", claims)];
  if (mean !== null) parts.push(text("comparison", "mean", mean.toFixed(2)));
  if (requests || tokens) parts.push(text("comparison", "spent", requests, tokens));
  if (cost !== null) parts.push(text("comparison", "price", cost.toFixed(4)));
  made.append(element("div", "cost", parts.join(" · ")));
  return made;
}

function table(view) {
  const made = element("table");
  const head = element("thead");
  const titles = element("tr");
  titles.append(heading(view, "left"), heading(view, "right"));
  head.append(titles);
  const body = element("tbody");
  for (const [group, colour] of GROUPS) {
    const rows = pairs(view, group);
    const title = element("tr", `group ${group}`);
    const name = element("th", "", `${text("comparison", group)} (${rows.length})`);
    name.colSpan = 2;
    title.append(name);
    body.append(title);
    const implied = group === "both" ? text("comparison", "implied") : "";
    for (const [left, right] of rows) {
      const row = element("tr", "claim");
      row.style.setProperty("--mark", colour);
      row.append(claim(left, implied), claim(right, implied));
      body.append(row);
    }
  }
  made.append(head, body);
  return made;
}

// The content scrolls in a box of its own, because Nodes 2.0 makes a node as tall as the content of its widget.
function render(root, views, page = 0) {
  const scrolled = element("div", "scrolled");
  root.replaceChildren(scrolled);
  if (!views.length) {
    scrolled.append(element("div", "empty", text("comparison", "empty")));
    return;
  }
  if (views.length > 1) {
    const pages = element("div", "pages");
    pages.append(...pager(page, views.length, (to) => render(root, views, to)));
    scrolled.append(pages);
  }
  scrolled.append(table(views[page]));
}

app.registerExtension({
  name: "PatchMatters.Compare",
  setup() {
    document.head.append(element("style", "", STYLE));
  },
  async beforeRegisterNodeDef(nodeType, nodeData) {
    if (nodeData.name !== NODE) return;

    const onNodeCreated = nodeType.prototype.onNodeCreated;
    nodeType.prototype.onNodeCreated = function () {
      onNodeCreated?.apply(this, arguments);
      const root = element("div", "caption-comparison");
      // The wheel scrolls the table, not the canvas under it.
      root.addEventListener("wheel", (event) => event.stopPropagation(), { passive: true });
      const options = { serialize: false, getMinHeight: () => 200 };
      this.addDOMWidget("comparison", "CAPTION_COMPARISON", root, options).serialize = false;
      this.captionComparison = root;
      this.setSize([Math.max(this.size[0], 560), Math.max(this.size[1], 360)]);
      render(root, []);
    };

    const onExecuted = nodeType.prototype.onExecuted;
    nodeType.prototype.onExecuted = function (message) {
      onExecuted?.apply(this, arguments);
      render(this.captionComparison, message?.patch_matters_comparison ?? []);
    };
  },
});
