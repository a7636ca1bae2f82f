// The image in the editor with its boxes, which are chosen, drawn, moved and resized with the pointer.
import { element } from "../elements.js";
import { corners, ink, patchesAt } from "../report/view.js";

const SVG = "http://www.w3.org/2000/svg";
const LEAST = 8; // px of the image: a smaller box was a click
const EDGES = [["x1", "y1"], ["x2", "y1"], ["x1", "y2"], ["x2", "y2"], ["x1", ""], ["x2", ""], ["", "y1"], ["", "y2"]];
const SIDES = ["x1", "y1", "x2", "y2"];

function shape(tag, attributes, className = "") {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  if (className) made.setAttribute("class", className);
  return made;
}

const rectOf = ([x1, y1, x2, y2]) => ({ x: x1, y: y1, width: Math.max(0, x2 - x1), height: Math.max(0, y2 - y1) });
const clamp = (value, most) => Math.min(Math.max(value, 0), most);

// A box inside the image, with whole pixels and its corners in order.
export function tidy([x1, y1, x2, y2], [width, height]) {
  const xs = [x1, x2].map((v) => Math.round(clamp(v, width))).sort((a, b) => a - b);
  const ys = [y1, y2].map((v) => Math.round(clamp(v, height))).sort((a, b) => a - b);
  return [xs[0], ys[0], xs[1], ys[1]];
}

// The box moved by so many pixels, as far as the image goes.
export function moved([x1, y1, x2, y2], dx, dy, [width, height]) {
  const x = Math.min(Math.max(dx, -x1), width - x2);
  const y = Math.min(Math.max(dy, -y1), height - y2);
  return tidy([x1 + x, y1 + y, x2 + x, y2 + y], [width, height]);
}

const largeEnough = ([x1, y1, x2, y2]) => x2 - x1 >= LEAST && y2 - y1 >= LEAST;

export class Picture {
  // `on`: choose(name or null), drawn(box), changed(box).
  constructor(on) {
    this.on = on;
    this.root = element("div", "pm-picture");
    this.image = element("img");
    this.image.alt = "";
    this.image.draggable = false;
    this.svg = shape("svg", { preserveAspectRatio: "none" });
    this.root.append(this.image, this.svg);
    this.svg.addEventListener("pointerdown", (event) => this.down(event));
    new ResizeObserver(() => this.draw()).observe(this.root);
  }

  // `shown`: url, size, patches, chosen (a name), box ({box, colour} that can be changed, or null), drawing, marks
  // (boxes of claims).
  show(shown) {
    this.shown = shown;
    if (this.image.getAttribute("src") !== shown.url) this.image.src = shown.url;
    this.root.style.setProperty("--ratio", shown.size[0] / shown.size[1]);
    this.root.classList.toggle("drawing", shown.drawing);
    this.draw();
  }

  // Pixels of the image for one of the screen.
  get scale() {
    return this.shown.size[0] / (this.svg.clientWidth || this.shown.size[0]);
  }

  draw(active = null) {
    if (!this.shown) return;
    const { size, patches, chosen, box, marks } = this.shown;
    const scale = this.scale;
    this.svg.setAttribute("viewBox", `0 0 ${size[0]} ${size[1]}`);
    const parts = [];
    const places = corners(patches, size);
    for (const [index, patch] of patches.entries()) {
      const state = patch.name === chosen ? "chosen" : patch.deleted ? "deleted" : chosen ? "faded" : "";
      const at = patch.name === chosen && active ? active : patch.box;
      const rect = shape("rect", { ...rectOf(at), stroke: patch.colour }, `patch ${state}`);
      parts.push(rect, ...this.number(patch, at, places[index], scale, state));
    }
    for (const mark of marks) parts.push(shape("rect", rectOf(mark), "mark"));
    if (box) {
      const at = active ?? box.box;
      if (box.claim) parts.push(shape("rect", rectOf(at), "claim"));
      parts.push(...EDGES.map((edges) => this.handle(at, edges, scale)));
    } else if (active) {
      parts.push(shape("rect", rectOf(active), "claim"));
    }
    this.svg.replaceChildren(...parts);
  }

  number(patch, [x1, y1, x2, y2], [across, down], scale, state) {
    const [wide, high] = [(String(patch.number).length * 8 + 6) * scale, 17 * scale];
    const [x, y] = [across === "left" ? x1 : x2 - wide, down === "top" ? y1 : y2 - high];
    const back = shape("rect", { x, y, width: wide, height: high, fill: patch.colour }, `tag ${state}`);
    const at = { x: x + wide / 2, y: y + 13 * scale, "font-size": 13 * scale, fill: ink(patch.colour) };
    const label = shape("text", at, `tag ${state}`);
    label.textContent = patch.number;
    back.dataset.name = label.dataset.name = patch.name;
    return [back, label];
  }

  handle([x1, y1, x2, y2], edges, scale) {
    const side = 10 * scale;
    const x = edges[0] ? { x1, x2 }[edges[0]] : (x1 + x2) / 2;
    const y = edges[1] ? { y1, y2 }[edges[1]] : (y1 + y2) / 2;
    const made = shape("rect", { x: x - side / 2, y: y - side / 2, width: side, height: side }, "handle");
    made.dataset.edges = edges.join(" ");
    return made;
  }

  place(event) {
    const shown = this.svg.getBoundingClientRect();
    const [width, height] = this.shown.size;
    return [
      clamp(((event.clientX - shown.left) / shown.width) * width, width),
      clamp(((event.clientY - shown.top) / shown.height) * height, height),
    ];
  }

  down(event) {
    if (event.button) return;
    const { size, box, drawing } = this.shown;
    const [x, y] = this.place(event);
    const edges = event.target.dataset?.edges;
    if (drawing) return this.drag(event, (to) => tidy([x, y, ...to], size), this.on.drawn);
    if (edges !== undefined) {
      const resized = (to) => {
        const sides = Object.fromEntries(SIDES.map((name, i) => [name, box.box[i]]));
        for (const edge of edges.split(" ").filter(Boolean)) sides[edge] = to[edge[0] === "x" ? 0 : 1];
        return tidy(SIDES.map((name) => sides[name]), size);
      };
      return this.drag(event, resized, this.on.changed);
    }
    const name = event.target.dataset?.name;
    if (name !== undefined) return this.on.choose(name);
    const inside = box && box.box[0] <= x && x < box.box[2] && box.box[1] <= y && y < box.box[3];
    if (inside) {
      const along = (to) => moved(box.box, to[0] - x, to[1] - y, size);
      return this.drag(event, along, this.on.changed, () => this.next(x, y));
    }
    this.next(x, y);
  }

  // Where patches overlap, each click chooses the next of them, and at last none.
  next(x, y) {
    const { patches, chosen } = this.shown;
    const here = patchesAt(patches.filter((p) => !p.deleted), x, y);
    const after = here[here.findIndex((p) => p.name === chosen) + 1];
    this.on.choose(after?.name ?? null);
  }

  // Follows the pointer until it is released; `act` gets the box, and a mere click is `clicked`.
  drag(event, boxAt, act, clicked = () => {}) {
    const start = [event.clientX, event.clientY];
    let box = null;
    this.svg.setPointerCapture(event.pointerId);
    const move = (e) => {
      if (!box && Math.hypot(e.clientX - start[0], e.clientY - start[1]) < 3) return;
      box = boxAt(this.place(e));
      this.draw(box);
    };
    const up = () => {
      this.svg.removeEventListener("pointermove", move);
      this.svg.removeEventListener("pointerup", up);
      this.svg.removeEventListener("pointercancel", up);
      if (!box) clicked();
      else if (largeEnough(box)) act(box);
      else this.draw();
    };
    this.svg.addEventListener("pointermove", move);
    this.svg.addEventListener("pointerup", up);
    this.svg.addEventListener("pointercancel", up);
    event.preventDefault();
    this.root.closest("dialog")?.focus();
  }
}
