// Captions, a page in the sidebar: the images of a data set with their captions, to be looked at and corrected.
// Whatever came from a file or a model is set as text, never as markup.
import { app } from "../../../scripts/app.js";
import { element } from "./elements.js";
import { openImage } from "./review/image.js";
import { choice, imageUrl, request, say, STYLE } from "./review/parts.js";
import { loaded } from "./texts.js";

const PAGE = 60; // images that are loaded at a time
const FILTERS = { "": "all", done: "done", kept: "kept", edited: "edited", failed: "failed" }; // -> its text
const ORDERS = ["path", "doubt", "seconds"];
const TYPING_MS = 300; // after the last key, before the list is searched

// What is chosen stays chosen while the page is closed.
const chosen = { folder: "", filter: "", order: "path", contains: "" };

class Page {
  constructor(root) {
    this.root = root;
    this.images = [];
    this.total = 0;
    this.loads = 0;
    root.replaceChildren();
    root.classList.add("pm-captions");
    // Otherwise ComfyUI's shortcuts act on the graph.
    root.addEventListener("keydown", (event) => event.stopPropagation());
    this.folder = choice(say("folder"), [], (value) => this.choose({ folder: value }));
    const filters = Object.entries(FILTERS).map(([name, key]) => [name, say(key)]);
    const orders = ORDERS.map((name) => [name, say(name)]);
    const filter = choice(say("show"), filters, (value) => this.choose({ filter: value }), chosen.filter);
    const order = choice(say("order"), orders, (value) => this.choose({ order: value }), chosen.order);
    const contains = element("input");
    contains.type = "search";
    contains.placeholder = `${say("contains")} …`;
    contains.setAttribute("aria-label", say("contains"));
    contains.value = chosen.contains;
    contains.addEventListener("input", () => {
      clearTimeout(this.typing);
      this.typing = setTimeout(() => this.choose({ contains: contains.value }), TYPING_MS);
    });
    const reload = element("button", "", "↻");
    reload.title = say("reload");
    reload.addEventListener("click", () => this.start());
    this.count = element("div", "count");
    this.grid = element("div", "grid");
    this.grid.addEventListener("keydown", (event) => this.move(event));
    this.more = element("button", "more", say("more"));
    this.more.addEventListener("click", () => this.load());
    this.list = element("div", "list");
    const first = element("div", "row");
    first.append(this.folder, reload);
    const second = element("div", "row");
    second.append(filter, order);
    this.list.append(first, second, contains, this.count, this.grid, this.more);
    this.view = element("div", "view");
    root.append(this.list, this.view);
    this.start();
  }

  async start() {
    try {
      const { folders } = await request("folders");
      this.folder.replaceChildren(...folders.map((name) => new Option(name, name)));
      chosen.folder = folders.includes(chosen.folder) ? chosen.folder : (folders[0] ?? "");
      this.folder.value = chosen.folder;
      if (chosen.folder) await this.choose({});
      else this.say(say("none"));
    } catch (error) {
      this.say(error.message);
    }
  }

  choose(change) {
    Object.assign(chosen, change);
    this.images = [];
    this.grid.replaceChildren();
    return this.load();
  }

  say(text) {
    this.count.textContent = text;
    this.more.hidden = true;
  }

  async load() {
    const load = ++this.loads;
    try {
      const found = await request("images", { ...chosen, offset: this.images.length, limit: PAGE });
      if (load !== this.loads) return; // something else was chosen meanwhile
      this.total = found.total;
      for (const image of found.images) {
        image.cell = this.cell(image, this.images.length);
        this.images.push(image);
        this.grid.append(image.cell);
      }
      this.say(say("count", this.images.length, this.total));
      this.more.hidden = this.images.length >= this.total;
    } catch (error) {
      if (load === this.loads) this.say(error.message);
    }
  }

  cell(image, index) {
    const made = element("button", `cell ${image.status}`);
    made.title = image.path;
    const picture = element("img");
    picture.loading = "lazy";
    picture.alt = image.path;
    picture.src = imageUrl(chosen.folder, image.path);
    made.append(picture);
    this.describe(image, made);
    made.addEventListener("click", () => this.open(index));
    return made;
  }

  describe(image, cell = image.cell) {
    for (const old of cell.querySelectorAll(".badge, .text")) old.remove();
    const badge = image.status === "failed" ? "failed" : image.edited ? "edited" : "";
    if (badge) cell.append(element("span", `badge ${badge}`, say(`badge_${badge}`)));
    cell.append(element("span", "text", image.caption || image.reason || say("no_caption")));
  }

  // Arrow keys move between the images of the grid.
  move(event) {
    const cells = [...this.grid.children];
    const at = cells.indexOf(document.activeElement);
    const across = getComputedStyle(this.grid).gridTemplateColumns.split(" ").length;
    const steps = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: across, ArrowUp: -across };
    if (at < 0 || !(event.key in steps)) return;
    event.preventDefault();
    cells[at + steps[event.key]]?.focus();
  }

  async open(index) {
    if (index >= this.images.length && index < this.total) await this.load();
    const image = this.images[index];
    if (!image) return;
    this.list.hidden = true;
    openImage(this.view, {
      folder: chosen.folder,
      image,
      place: say("place", index + 1, this.total),
      go: (step) => this.images[index + step] || (step > 0 && index + step < this.total) ? this.open(index + step) : undefined,
      close: () => {
        this.view.replaceChildren();
        this.list.hidden = false;
        image.cell.focus();
      },
      saved: (sidecar) => {
        Object.assign(image, { caption: sidecar.text, edited: sidecar.edited });
        this.describe(image);
      },
    });
  }
}

app.registerExtension({
  name: "PatchMatters.Review",
  async setup() {
    await loaded; // before the tab has its name
    document.head.append(element("style", "", STYLE));
    app.extensionManager.registerSidebarTab({
      id: "patch-matters-captions",
      icon: "pi pi-file-edit",
      title: say("title"),
      tooltip: say("tooltip"),
      type: "custom",
      render: (root) => new Page(root),
    });
  },
});
