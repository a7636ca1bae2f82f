// The editor of Patch Report: a dialog with the image, its patches, its claims and its caption. Each change goes into the
// node's widget `edits` at once and is applied on the next run. Whatever came from a model or a file is set as text.
import { api } from "../../../../scripts/api.js";
import { button, element, signButton } from "../elements.js";
import { regionName, text } from "../texts.js";
import { ClaimList, rowsOf } from "./claims.js";
import { moved, Picture, tidy } from "./image.js";
import { changeClaim, changePatch, Edits, newName, patchesWith } from "./state.js";

const said = (key, ...values) => text("editor", key, ...values);
const ACCENT = "#3b82f6";
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const isDrawn = (name) => /^drawn \d+$/.test(name);
const isField = (target) => target.matches("textarea, input:not([type=checkbox])");

// `given`: page, views(), applied() (the edits of the last run), text, save(text), run(), closed().
export function openEditor(given) {
  const editor = new Editor(given);
  document.body.append(editor.dialog);
  editor.dialog.showModal();
  editor.update();
  editor.claims.focus();
  return editor;
}

class Editor {
  constructor(given) {
    this.given = given;
    this.page = given.page;
    this.chosen = null; // the name of the patch
    this.drawing = null; // "patch", or the row of a claim
    this.edits = new Edits(given.text, (value) => {
      given.save(value);
      this.update();
    });
    this.picture = new Picture({
      choose: (name) => this.choose(name),
      drawn: (box) => this.drawn(box),
      changed: (box) => this.changed(box),
    });
    this.claims = new ClaimList({
      change: (act) => this.change(act),
      focused: () => this.draw(),
      drawBox: (row) => this.draws(row),
    });
    this.dialog = element("dialog", "pm-editor");
    this.dialog.setAttribute("aria-label", said("title"));
    this.dialog.tabIndex = -1;
    this.build();
    this.dialog.addEventListener("keydown", (event) => this.key(event));
    for (const type of ["keyup", "keypress", "copy", "cut", "paste"]) {
      this.dialog.addEventListener(type, (event) => event.stopPropagation());
    }
    this.dialog.addEventListener("cancel", (event) => {
      if (!this.drawing) return;
      event.preventDefault();
      this.draws(null);
    });
    this.dialog.addEventListener("close", () => {
      this.dialog.remove();
      given.closed();
    });
  }

  build() {
    const tool = (sign, title, act) => signButton(sign, said(title), act);
    this.before = tool("‹", "before", () => this.go(-1));
    this.after = tool("›", "after", () => this.go(1));
    this.place = element("span", "place");
    this.undo = tool("↶", "undo", () => this.edits.undo());
    this.redo = tool("↷", "redo", () => this.edits.redo());
    this.clear = button(said("clear"), () => this.edits.clear(this.view.key));
    this.run = button(said("run"), () => this.given.run(), "main");
    const close = button(said("close"), () => this.dialog.close());
    const head = element("div", "head");
    const title = element("h3", "", said("title"));
    head.append(title, this.before, this.place, this.after, element("span", "gap"), this.clear, this.undo, this.redo, this.run, close);

    this.draw_ = button(said("drawPatch"), () => this.draws(this.drawing === "patch" ? null : "patch"));
    this.draw_.setAttribute("aria-pressed", "false");
    this.notice = element("span", "notice");
    this.notice.setAttribute("role", "status");
    const bar = element("div", "bar");
    bar.append(this.draw_, this.notice);
    this.patch = element("div", "patch-panel");
    const left = element("div", "left");
    left.append(this.picture.root, bar, this.patch);

    this.add = element("input");
    this.add.placeholder = said("add");
    this.add.maxLength = 1000;
    this.add.setAttribute("aria-label", said("add"));
    this.add.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.isComposing) this.added();
    });
    const adding = element("div", "adding");
    adding.append(this.add, button(said("addButton"), () => this.added()));
    this.caption = element("textarea", "caption");
    this.caption.rows = 5;
    this.caption.maxLength = 20000;
    this.caption.setAttribute("aria-label", said("caption"));
    this.caption.addEventListener("change", () => this.captioned());
    this.reset = button(said("captionReset"), () => this.change((edits) => (edits.caption = "")));
    const captionHead = element("h4", "", said("caption"));
    captionHead.append(this.reset);
    const right = element("div", "right");
    right.append(adding, this.claims.root, captionHead, this.caption);
    const body = element("div", "columns");
    body.append(left, right);
    this.dialog.append(head, body, element("div", "hint", said("keys")));
  }

  get view() {
    const views = this.given.views();
    return views[Math.min(this.page, views.length - 1)];
  }

  get own() {
    return this.edits.of(this.view.key);
  }

  get patches() {
    const applied = this.given.applied().of(this.view.key);
    const gone = (p) => isDrawn(p.name) && !p.edit && applied.patches.some((e) => e.name === p.name);
    return patchesWith(this.view, this.own).map((p) => ({ ...p, deleted: p.deleted || gone(p) }));
  }

  change(act) {
    this.edits.change(this.view.key, act);
  }

  // Draws everything anew, except a field that the user is typing into.
  update() {
    if (!this.view) return this.dialog.close();
    const views = this.given.views();
    this.page = Math.min(this.page, views.length - 1);
    this.place.textContent = views.length > 1 ? text("labels", "image", this.page + 1, views.length) : "";
    this.before.hidden = this.after.hidden = views.length < 2;
    this.clear.hidden = !this.edits.count(this.view.key);
    this.undo.disabled = !this.edits.done.length;
    this.redo.disabled = !this.edits.undone.length;
    const known = this.patches.some((p) => p.name === this.chosen);
    if (!known) this.chosen = null;
    const applied = this.given.applied().of(this.view.key);
    const rows = rowsOf(this.view, this.own, applied);
    this.claims.show(this.chosen ? rows.filter((r) => r.group === "added" || r.names.includes(this.chosen)) : rows);
    if (document.activeElement !== this.caption) this.caption.value = this.own.caption || this.view.caption;
    this.reset.hidden = !this.own.caption;
    this.run.classList.toggle("pending", this.edits.text !== this.given.applied().text);
    this.panel();
    this.draw();
    // Keys reach the editor although the element that had the focus is gone or disabled.
    const active = document.activeElement;
    if (!this.dialog.contains(active) || active.disabled) this.dialog.focus();
  }

  // Draws the image and its boxes; the claims stay as they are.
  draw() {
    const view = this.view;
    if (!view) return;
    const patches = this.patches;
    const chosen = patches.find((p) => p.name === this.chosen);
    const row = this.claims.row_;
    const claimBox = !chosen && row?.box ? { box: row.box, colour: ACCENT, claim: true } : null;
    this.picture.show({
      url: api.apiURL(`/view?${new URLSearchParams(view.image)}`),
      size: view.size,
      patches,
      chosen: this.chosen,
      box: chosen && !chosen.deleted ? { box: chosen.box, colour: chosen.colour } : claimBox,
      drawing: this.drawing !== null,
      marks: this.claims.rows.filter((r) => r.box && r !== row).map((r) => r.box),
    });
    this.draw_.setAttribute("aria-pressed", String(this.drawing === "patch"));
    const drawing = this.drawing === "patch" ? said("drawPatchNow") : said("drawBoxNow", this.drawing?.words ?? "");
    const pending = this.edits.text !== this.given.applied().text ? said("pending") : "";
    this.notice.textContent = this.drawing ? drawing : pending;
  }

  choose(name) {
    this.chosen = name;
    this.update();
  }

  draws(what) {
    this.drawing = what;
    if (what && what !== "patch") this.chosen = null;
    this.update();
  }

  drawn(box) {
    const what = this.drawing;
    this.drawing = null;
    if (what !== "patch") return this.setBox(what, box);
    const name = newName(this.view, this.own);
    this.chosen = name;
    this.change((edits) => changePatch(edits, name, { box, seed: 0 }));
  }

  // The box that is chosen, of a patch or of a claim, was moved or resized.
  changed(box) {
    if (this.chosen) this.change((edits) => changePatch(edits, this.chosen, { box }));
    else this.setBox(this.claims.row_, box);
  }

  setBox(row, box) {
    this.change((edits) => {
      if (row.group === "added") edits.added[row.index].box = box;
      else changeClaim(edits, row.statement, { box });
    });
  }

  added() {
    const words = this.add.value.trim();
    if (!words) return;
    this.add.value = "";
    this.change((edits) => edits.added.push({ text: words }));
  }

  captioned() {
    const words = this.caption.value.trim();
    if (words === (this.own.caption || this.view.caption)) return;
    this.change((edits) => (edits.caption = words));
  }

  // What can be done with the patch that is chosen.
  panel() {
    const patch = this.patches.find((p) => p.name === this.chosen);
    this.patch.hidden = !patch;
    if (!patch || this.patch.querySelector("input:focus")) return; // what is typed stays
    const title = element("h4", "", `${patch.number} ${regionName(patch.name)}`);
    const state = patch.deleted ? "willDelete" : patch.edit ? "willDescribe" : "";
    if (state) title.append(element("span", "was", said(state)));
    const question = element("input");
    question.maxLength = 1000;
    question.placeholder = said("question");
    question.setAttribute("aria-label", said("question"));
    question.value = patch.edit?.question ?? "";
    const seed = element("input", "seed");
    seed.type = "number";
    seed.min = 0;
    seed.value = patch.edit?.seed ?? 0;
    seed.title = said("seedHint");
    const label = element("label", "", `${said("seed")} `);
    label.append(seed);
    const describe = button(said("describe"), () => {
      const number = Math.min(Math.max(Math.trunc(Number(seed.value)) || 0, 0), Number.MAX_SAFE_INTEGER);
      // With the same seed and question, the captions would be the same.
      const next = patch.edit?.seed === number && (patch.edit?.question ?? "") === question.value.trim() ? number + 1 : number;
      this.dialog.focus();
      this.change((edits) => changePatch(edits, patch.name, { seed: next, question: question.value.trim(), delete: undefined }));
    });
    const row = element("div", "bar");
    row.append(describe, label);
    if (!patch.deleted) row.append(button(said("delete"), () => this.remove(patch)));
    if (patch.edit || patch.deleted) row.append(button(said("takeBack"), () => this.takeBack(patch)));
    this.patch.replaceChildren(title, question, row);
  }

  remove(patch) {
    this.dialog.focus();
    this.change((edits) => {
      edits.patches = edits.patches.filter((e) => e.name !== patch.name);
      if (!isDrawn(patch.name)) edits.patches.push({ name: patch.name, delete: true });
    });
  }

  takeBack(patch) {
    this.dialog.focus();
    const before = this.given.applied().of(this.view.key).patches.find((e) => e.name === patch.name);
    this.change((edits) => {
      edits.patches = edits.patches.filter((e) => e.name !== patch.name);
      if (patch.deleted && isDrawn(patch.name) && before) edits.patches.push(before);
    });
  }

  go(by) {
    const count = this.given.views().length;
    this.page = (this.page + by + count) % count;
    this.chosen = this.drawing = null;
    this.claims.current = "";
    this.update();
  }

  key(event) {
    event.stopPropagation(); // otherwise ComfyUI's shortcuts act on the graph
    const writes = isField(event.target);
    const control = event.ctrlKey || event.metaKey;
    const letter = event.key.toLowerCase();
    if (control && event.key === "Enter") {
      if (event.target === this.caption) this.captioned();
      this.given.run();
    } else if (writes) return;
    else if (event.key === "PageDown" || event.key === "PageUp") this.go(event.key === "PageDown" ? 1 : -1);
    else if (control && letter === "z" && event.shiftKey) this.edits.redo();
    else if (control && letter === "z") this.edits.undo();
    else if (control && letter === "y") this.edits.redo();
    else if (event.key in ARROWS && this.nudge(event)) event.preventDefault();
    else if (event.key === "Delete" && this.chosen) {
      const patch = this.patches.find((p) => p.name === this.chosen);
      if (patch && !patch.deleted) this.remove(patch);
    } else if (letter === "n" && !control) this.draws("patch");
    else return;
    event.preventDefault();
  }

  // Arrow keys move the chosen patch by 1 % of the image, with Shift its right and lower side.
  nudge(event) {
    const patch = this.patches.find((p) => p.name === this.chosen);
    if (!patch || patch.deleted) return false;
    const { size } = this.view;
    const [dx, dy] = ARROWS[event.key].map((by, i) => by * Math.max(1, Math.round(size[i] / 100)));
    const [x1, y1, x2, y2] = patch.box;
    const box = event.shiftKey ? tidy([x1, y1, Math.max(x1 + 8, x2 + dx), Math.max(y1 + 8, y2 + dy)], size) : moved(patch.box, dx, dy, size);
    this.change((edits) => changePatch(edits, this.chosen, { box }));
    return true;
  }
}
