// One image of a data set: its caption to edit, its claims to tick.
import { button, element } from "../elements.js";
import { result } from "../texts.js";
import { imageUrl, request, say as local } from "./parts.js";

// The words around a caption (a trigger, a prefix), which stay while its claims change; null where the user has
// written something else.
function around(text, composed) {
  const at = composed ? text.indexOf(composed) : -1;
  return at < 0 ? null : [text.slice(0, at), text.slice(at + composed.length)];
}

// A reason or a note in the frontend's language.
const translated = (said) => result(`· ${said}`).slice(2);

// `page`: folder, image, place ("3 of 12"), go(step), close(), saved(sidecar).
export function openImage(root, page) {
  const values = { folder: page.folder, path: page.image.path };
  const area = element("textarea");
  area.setAttribute("aria-label", local("caption"));
  area.disabled = true;
  const notice = element("div", "notice");
  notice.setAttribute("role", "status");
  const claims = element("div", "claims");
  const picture = element("img");
  picture.alt = page.image.path;
  picture.src = imageUrl(page.folder, page.image.path, "1");
  let saved = "";
  let sha256 = "";
  let words = null; // around the caption of the claims
  let composed = "";
  let asked = 0;

  const changed = () => !area.disabled && area.value !== saved;
  const say = (text, ...buttons) => notice.replaceChildren(...(text ? [text, element("br"), ...buttons] : []));

  function show(sidecar, text = sidecar.text) {
    saved = area.value = text;
    sha256 = sidecar.sha256;
    words = around(text, composed);
  }

  async function open() {
    try {
      const found = await request("image", values);
      composed = found.composed;
      area.disabled = false;
      show(found.sidecar, found.caption);
      say(page.image.reason);
      claims.append(...list(found.claims));
      for (const note of found.notes) claims.append(element("div", "hint", translated(note)));
    } catch (error) {
      say(error.message);
    }
  }

  function list(found) {
    if (!found.length) return [];
    const shown = [
      element("h4", "", local("claims")),
      element("div", "hint", local("tick")),
    ];
    const boxes = found.map((claim) => {
      const box = element("input");
      box.type = "checkbox";
      box.checked = claim.kept;
      box.addEventListener("change", () => compose(boxes));
      return box;
    });
    // Kept claims first.
    for (const kept of [true, false]) {
      for (const [index, claim] of found.entries()) {
        if (claim.kept !== kept) continue;
        const row = element("label", "claim");
        const text = element("span", "text", claim.text);
        text.append(element("div", "why", translated(claim.why)));
        row.append(boxes[index], text, element("span", "score", claim.score?.toFixed(2) ?? "–"));
        shown.push(row);
      }
    }
    return shown;
  }

  async function compose(boxes) {
    const kept = boxes.flatMap((box, index) => (box.checked ? [index] : []));
    const request_ = ++asked;
    try {
      const { caption } = await request("compose", { ...values, kept }, "POST");
      if (request_ !== asked) return; // another box was ticked meanwhile
      const before = area.value;
      const own = !words || before !== words[0] + composed + words[1];
      words = own ? ["", ""] : words;
      composed = caption;
      area.value = words[0] + caption + words[1];
      if (own && before) {
        const back = () => {
          area.value = before;
          say("");
        };
        say(local("replaced"), button(local("back"), back));
      } else say("");
    } catch (error) {
      say(error.message);
    }
  }

  async function save() {
    say("");
    try {
      const { sidecar } = await request("save", { ...values, caption: area.value, sha256 }, "POST");
      saved = area.value = sidecar.text;
      sha256 = sidecar.sha256;
      page.saved(sidecar);
      say(local("saved"));
      return true;
    } catch (error) {
      if (error.current) conflict(error);
      else say(error.message);
      return false;
    }
  }

  // Nothing is overwritten before the user has seen it.
  function conflict({ current }) {
    const take = () => {
      show(current);
      page.saved(current);
      say("");
    };
    const keep = () => {
      sha256 = current.sha256;
      save();
    };
    const text = current.text || local("no_file");
    const said = `${local("conflict", current.path)}\n\n${text}\n`;
    say(said, button(local("take"), take), button(local("replace"), keep));
  }

  async function leave(then) {
    if (!changed()) return then();
    const go = async () => (await save()) && then();
    say(local("not_saved"), button(local("save"), go, "main"), button(local("discard"), then), button(local("stay"), () => say("")));
    notice.querySelector("button").focus();
  }

  const close = () => leave(page.close);
  const step = (by) => leave(() => page.go(by));
  const saveAndGo = async () => (!changed() || (await save())) && page.go(1);
  root.onkeydown = (event) => {
    const writes = event.target === area && !event.altKey;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) saveAndGo();
    else if (event.key === "Escape") close();
    else if (event.key === "ArrowRight" && !writes) step(1);
    else if (event.key === "ArrowLeft" && !writes) step(-1);
    else return;
    event.preventDefault();
  };

  const bar = element("div", "row");
  const [before, after] = [[-1, "‹"], [1, "›"]].map(([by, arrow]) => button(arrow, () => step(by)));
  before.title = local("before");
  after.title = local("after");
  bar.append(button(local("all"), close), element("span", "place", page.place), before, after);
  const buttons = element("div", "row");
  buttons.append(button(local("save"), save, "main"), button(local("save_next"), saveAndGo));
  const hint = local("keys");
  root.replaceChildren(
    ...[bar, picture, element("div", "path", page.image.path), area, buttons, notice],
    ...[element("div", "hint", hint), claims],
  );
  open().then(() => {
    area.focus();
    area.setSelectionRange(0, 0);
    area.scrollTop = 0;
  });
}
