// The list of claims in the editor: each can be kept or dropped, reworded, and given a box.
import { element, signButton } from "../elements.js";
import { whyOf } from "../report/view.js";
import { regionName, text } from "../texts.js";
import { changeClaim, editOf } from "./state.js";

const WHOLE = "image"; // the name of the whole image among the regions
const said = (key, ...values) => text("editor", key, ...values);

// What the filter decides without an edit. After an edit has been taken back, its own verdict counts again.
function verdictWithout(statement, applied) {
  return statement.overruled && editOf(applied, statement) ? statement.overruled === "kept" : statement.kept;
}

// Whether a statement is only what the user wrote in this editor. What was written in a Patch Report before this one is
// a claim like any other here.
function isAddedHere(statement, applied) {
  const here = new Set([...applied.added, ...applied.claims].map((edit) => edit.text?.trim()));
  return statement.written.length > 0 && !statement.support[1] && statement.written.every((words) => here.has(words));
}

// The rows of an image: id, words, whether it is kept, and what can be done with it.
export function rowsOf(view, edits, applied) {
  const added = edits.added.map((claim, index) => ({
    id: `a${index}`,
    index,
    words: claim.text,
    kept: true,
    box: claim.box,
    group: "added",
    why: claim.box ? said("inBox") : text("labels", "whole"),
    names: [],
  }));
  const stated = view.statements.flatMap((statement, index) => {
    if (isAddedHere(statement, applied)) return [];
    const edit = editOf(edits, statement);
    const without = verdictWithout(statement, applied);
    const row = {
      id: `s${index}`,
      statement,
      edit,
      without,
      words: edit?.text ?? statement.text,
      kept: edit?.text ? true : (edit?.keep ?? without),
      box: edit?.box ?? (statement.box || undefined),
      group: without ? "kept" : "dropped",
      why: edit ? said("byYou") : whyOf(statement),
      names: statement.names,
    };
    return [row];
  });
  return [...added, ...["kept", "dropped"].flatMap((group) => stated.filter((row) => row.group === group))];
}

export class ClaimList {
  // `on`: change(act) for a step of undo, focused(row), drawBox(row).
  constructor(on) {
    this.on = on;
    this.root = element("div", "claims");
    this.root.setAttribute("role", "list");
    this.root.addEventListener("keydown", (event) => this.key(event));
    this.current = "";
  }

  show(rows) {
    const focused = this.root.contains(document.activeElement);
    const before = this.rows ?? [];
    this.rows = rows;
    if (!rows.some((row) => row.id === this.current)) {
      // The row that took the place of the one that is gone.
      const index = before.findIndex((row) => row.id === this.current);
      this.current = rows[Math.min(Math.max(index, 0), rows.length - 1)]?.id ?? "";
    }
    const parts = [];
    for (const group of ["added", "kept", "dropped"]) {
      const own = rows.filter((row) => row.group === group);
      if (!own.length) continue;
      parts.push(element("h4", "", `${said(group)} (${own.length})`), ...own.map((row) => this.row(row)));
    }
    if (!parts.length) parts.push(element("div", "hint", said("noClaims")));
    this.root.replaceChildren(...parts);
    if (focused) this.focus();
  }

  row(row) {
    const made = element("div", row.kept ? "claim" : "claim dropped");
    made.setAttribute("role", "listitem");
    made.dataset.id = row.id;
    made.tabIndex = row.id === this.current ? 0 : -1;
    made.addEventListener("focusin", () => this.take(row));
    const box = element("input");
    box.type = "checkbox";
    box.checked = row.kept;
    box.tabIndex = -1;
    box.setAttribute("aria-label", row.words);
    box.addEventListener("change", () => this.toggle(row));
    const body = element("div", "body");
    const words = element("span", "words", row.words);
    words.addEventListener("dblclick", () => this.write(row));
    body.append(words);
    if (row.edit?.text) body.append(element("div", "was", said("was", row.statement.text)));
    const where = row.names.map((name) => (name === WHOLE ? text("labels", "whole") : regionName(name))).join(", ");
    body.append(element("div", "why", [where, row.why].filter(Boolean).join(" · ")));
    const tools = element("div", "tools");
    tools.append(
      this.tool("✎", "reword", () => this.write(row)),
      this.tool("▭", row.box ? "newBox" : "drawBox", () => this.on.drawBox(row)),
    );
    if (row.group === "added") tools.append(this.tool("×", "remove", () => this.remove(row)));
    else if (row.edit) tools.append(this.tool("↺", "takeBack", () => this.takeBack(row)));
    if (row.edit || row.group === "added") made.classList.add("changed");
    made.append(box, body, tools);
    return made;
  }

  tool(sign, title, act) {
    const made = signButton(sign, said(title), act);
    made.tabIndex = -1;
    return made;
  }

  element(id) {
    return [...this.root.querySelectorAll(".claim")].find((e) => e.dataset.id === id);
  }

  focus() {
    this.element(this.current)?.focus();
  }

  take(row) {
    if (this.current === row.id) return;
    for (const other of this.root.querySelectorAll(".claim")) other.tabIndex = other.dataset.id === row.id ? 0 : -1;
    this.current = row.id;
    this.on.focused(row);
  }

  get row_() {
    return this.rows.find((row) => row.id === this.current);
  }

  toggle(row) {
    if (row.group === "added") return this.remove(row);
    const keep = !row.kept;
    // A decision that the filter also makes needs no edit.
    const change = { keep: keep === row.without ? undefined : keep, text: undefined };
    this.on.change((edits) => changeClaim(edits, row.statement, change));
  }

  remove(row) {
    this.on.change((edits) => edits.added.splice(row.index, 1));
  }

  takeBack(row) {
    this.on.change((edits) => changeClaim(edits, row.statement, { keep: undefined, text: undefined, box: undefined }));
  }

  // The words of a row become a text field: Enter keeps what is written, Escape does not.
  write(row) {
    const words = this.element(row.id)?.querySelector(".words");
    if (!words) return;
    const field = element("textarea", "words");
    field.value = row.words;
    field.rows = 2;
    field.maxLength = 1000;
    field.setAttribute("aria-label", said("reword"));
    let open = true;
    const close = (keep) => {
      if (!open) return;
      open = false;
      const value = field.value.trim();
      field.replaceWith(words);
      if (keep && value && value !== row.words) this.reword(row, value);
      this.focus();
    };
    field.addEventListener("blur", () => close(true));
    field.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) close(true);
      else if (event.key === "Escape") close(false);
      else return;
      event.preventDefault();
      event.stopPropagation();
    });
    words.replaceWith(field);
    field.focus();
    field.select();
  }

  reword(row, value) {
    this.on.change((edits) => {
      if (row.group === "added") edits.added[row.index].text = value;
      else if (value === row.statement.text) changeClaim(edits, row.statement, { text: undefined });
      else changeClaim(edits, row.statement, { text: value, keep: undefined });
    });
  }

  key(event) {
    const row = this.row_;
    if (!row || !event.target.classList.contains("claim")) return;
    const at = this.rows.indexOf(row);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: this.rows.length - 1 }[event.key];
    if (to !== undefined) this.element(this.rows[to]?.id)?.focus();
    else if (event.key === " ") this.toggle(row);
    else if (event.key === "Enter" || event.key === "F2") this.write(row);
    else if (event.key === "Delete" && row.group === "added") this.remove(row);
    else if (event.key === "Delete" && row.kept) this.toggle(row);
    else if (event.key === "b") this.on.drawBox(row);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}
