// The user's changes, as the widget `edits` holds them: {"version": 1, "images": {KEY: {claims, added, patches,
// caption}}}. core/edit_schema.py reads the same. What a workflow brought along may be anything, so each part is checked
// and no list is read further than there.

const VERSION = 1;
const MOST_STEPS = 200; // of undo
const isText = (value) => typeof value === "string";
const isBox = (value) =>
  Array.isArray(value) && value.length === 4 && value.every((v) => typeof v === "number" && Number.isFinite(v));

function list(value, read, most) {
  const given = Array.isArray(value) ? value.slice(0, most) : [];
  return given.filter((v) => v && typeof v === "object").map(read).filter(Boolean);
}

// Returns the entry without the fields that mean "no change".
function compact(entry) {
  return Object.fromEntries(Object.entries(entry).filter(([, v]) => v !== undefined && v !== null && v !== ""));
}

function claimEdit(e) {
  const regions = Array.isArray(e.regions) ? e.regions.filter(isText) : [];
  if (!isText(e.claim) || !e.claim.trim()) return null;
  return compact({
    claim: e.claim,
    regions,
    keep: typeof e.keep === "boolean" ? e.keep : undefined,
    text: isText(e.text) ? e.text : undefined,
    box: isBox(e.box) ? e.box : undefined,
  });
}

function addedClaim(e) {
  return isText(e.text) && e.text.trim() ? compact({ text: e.text, box: isBox(e.box) ? e.box : undefined }) : null;
}

function patchEdit(e) {
  if (!isText(e.name)) return null;
  return compact({
    name: e.name,
    delete: e.delete === true || undefined,
    box: isBox(e.box) ? e.box : undefined,
    seed: Number.isSafeInteger(e.seed) && e.seed >= 0 ? e.seed : undefined,
    question: isText(e.question) ? e.question : undefined,
  });
}

function imageEdits(value) {
  return {
    claims: list(value?.claims, claimEdit, 300),
    added: list(value?.added, addedClaim, 100),
    patches: list(value?.patches, patchEdit, 40),
    caption: isText(value?.caption) ? value.caption : "",
  };
}

function parsed(text) {
  let value;
  try {
    value = JSON.parse(text);
  } catch {
    return new Map();
  }
  if (value?.version !== VERSION || !value.images || typeof value.images !== "object") return new Map();
  return new Map(Object.entries(value.images).map(([key, edits]) => [key, imageEdits(edits)]));
}

const changesOf = (e) => e.claims.length + e.added.length + e.patches.length + (e.caption ? 1 : 0);

function serialized(images) {
  const kept = [...images].filter(([, edits]) => changesOf(edits));
  if (!kept.length) return "";
  const shown = ([key, e]) => [
    key,
    Object.fromEntries(Object.entries(e).filter(([, v]) => v.length)), // no empty lists, no empty caption
  ];
  return JSON.stringify({ version: VERSION, images: Object.fromEntries(kept.map(shown)) });
}

export class Edits {
  // `changed(text)` is called after each change, undo and redo.
  constructor(text, changed = () => {}) {
    this.changed = changed;
    this.undone = [];
    this.done = [];
    this.load(text);
  }

  load(text) {
    this.images = parsed(text);
    this.text = serialized(this.images);
  }

  of(key) {
    return this.images.get(key) ?? imageEdits({});
  }

  count(key) {
    return changesOf(this.of(key));
  }

  // Changes the edits of one image by `act(edits)`, as one step of undo.
  change(key, act) {
    const edits = structuredClone(this.of(key));
    act(edits);
    const before = this.text;
    this.images.set(key, imageEdits(edits));
    this.text = serialized(this.images);
    if (this.text === before) return;
    this.done = [...this.done, before].slice(-MOST_STEPS);
    this.undone = [];
    this.changed(this.text);
  }

  clear(key) {
    this.change(key, (edits) => Object.assign(edits, imageEdits({})));
  }

  undo() {
    this.step(this.done, this.undone);
  }

  redo() {
    this.step(this.undone, this.done);
  }

  step(from, to) {
    if (!from.length) return;
    to.push(this.text);
    this.load(from.pop());
    this.changed(this.text);
  }
}

// Whether an edit is about a statement of the report: the same words, in one of its regions.
export function editOf(edits, statement) {
  return edits.claims.find((e) => e.claim === statement.text && e.regions.some((r) => statement.names.includes(r)));
}

// Changes the edit of a statement; an entry that changes nothing any more is removed.
export function changeClaim(edits, statement, change) {
  let entry = editOf(edits, statement);
  if (!entry) {
    entry = { claim: statement.text, regions: statement.names };
    edits.claims.push(entry);
  }
  Object.assign(entry, change);
  if (entry.keep === undefined && !entry.text && !entry.box) edits.claims.splice(edits.claims.indexOf(entry), 1);
}

// Changes the edit of a patch.
export function changePatch(edits, name, change) {
  let entry = edits.patches.find((e) => e.name === name);
  if (!entry) {
    entry = { name };
    edits.patches.push(entry);
  }
  Object.assign(entry, change);
}

// The patches of a view with the changes: number, name, colour, box, and whether it is new or deleted.
export function patchesWith(view, edits) {
  const known = new Set(view.regions.map((r) => r.name));
  const patches = view.regions.map((region) => {
    const edit = edits.patches.find((e) => e.name === region.name);
    return { ...region, box: edit?.box ?? region.box, edit, deleted: Boolean(edit?.delete) };
  });
  let number = view.regions.length;
  for (const edit of edits.patches) {
    if (known.has(edit.name) || !edit.box || edit.delete) continue;
    patches.push({ number: ++number, name: edit.name, colour: "#ffffff", box: edit.box, edit, deleted: false });
  }
  return patches;
}

// The name of the next patch that is drawn.
export function newName(view, edits) {
  const taken = new Set([...view.regions, ...edits.patches].map((r) => r.name));
  let number = 1;
  while (taken.has(`drawn ${number}`)) number++;
  return `drawn ${number}`;
}
