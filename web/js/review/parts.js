// What the page Captions is made of: its look, its requests and its choices.
import { api } from "../../../../scripts/api.js";
import { element } from "../elements.js";
import { text } from "../texts.js";

export const STYLE = `
.pm-captions { height: 100%; overflow: auto; box-sizing: border-box; padding: 8px; font: 13px/1.45 sans-serif;
  color: var(--input-text, var(--fg-color)); container-type: inline-size; }
.pm-captions [hidden] { display: none !important; }
.pm-captions .row { display: flex; gap: 6px; margin-bottom: 6px; align-items: center; }
.pm-captions select, .pm-captions input[type=search], .pm-captions textarea, .pm-captions button {
  font: inherit; color: inherit; background: var(--comfy-input-bg); border: 1px solid var(--border-color);
  border-radius: 4px; padding: 4px 8px; box-sizing: border-box; }
.pm-captions select { flex: 1; min-width: 0; }
.pm-captions input[type=search], .pm-captions textarea { width: 100%; }
.pm-captions textarea { min-height: 11em; margin: 6px 0; resize: vertical; }
.pm-captions button { cursor: pointer; }
.pm-captions button:disabled { opacity: 0.5; cursor: default; }
.pm-captions button.main { background: var(--p-primary-color, #3b82f6); color: var(--p-primary-contrast-color, #fff); }
.pm-captions :focus-visible { outline: 2px solid var(--p-primary-color, #3b82f6); outline-offset: 1px; }
.pm-captions .count { margin: 6px 0; color: var(--descrip-text); }
.pm-captions .grid { display: grid; grid-template-columns: repeat(auto-fill, minmax(130px, 1fr)); gap: 8px; }
.pm-captions .cell { position: relative; display: flex; flex-direction: column; padding: 0; overflow: hidden; text-align: left; }
.pm-captions .cell img { width: 100%; aspect-ratio: 1; object-fit: cover; background: var(--border-color); font-size: 11px; }
.pm-captions .cell .text { margin: 4px 6px 6px; font-size: 11px; line-height: 1.35; display: -webkit-box; -webkit-line-clamp: 3;
  -webkit-box-orient: vertical; overflow: hidden; overflow-wrap: anywhere; }
.pm-captions .badge { position: absolute; top: 4px; left: 4px; padding: 0 6px; border-radius: 8px; font-size: 11px;
  color: #fff; background: #2563a8; }
.pm-captions .badge.failed { background: #b3261e; }
.pm-captions .more { width: 100%; margin-top: 8px; }
.pm-captions .view img { display: block; max-width: 100%; max-height: 36vh; margin: 0 auto 4px; border-radius: 4px; }
.pm-captions .place { flex: 1; text-align: center; color: var(--descrip-text); }
.pm-captions .path, .pm-captions .hint, .pm-captions .why { color: var(--descrip-text); font-size: 11px; overflow-wrap: anywhere; }
.pm-captions .notice { margin: 6px 0; padding: 6px 8px; border-left: 3px solid #d97706; background: var(--comfy-input-bg);
  white-space: pre-wrap; overflow-wrap: anywhere; }
.pm-captions .notice:empty { display: none; }
.pm-captions .notice button { margin: 6px 6px 0 0; }
.pm-captions h4 { margin: 10px 0 4px; font-size: 13px; font-weight: 600; }
.pm-captions .claim { display: flex; gap: 6px; padding: 2px 0; align-items: flex-start; cursor: pointer; }
.pm-captions .claim input { margin-top: 3px; flex: none; }
.pm-captions .claim .text { flex: 1; overflow-wrap: anywhere; }
.pm-captions .claim .score { font-variant-numeric: tabular-nums; color: var(--descrip-text); }`;

// A text of the page in the frontend's language.
export function say(key, ...values) {
  return text("review", key, ...values);
}

export function choice(label, options, act, value = "") {
  const made = element("select");
  made.setAttribute("aria-label", label);
  made.append(...options.map(([name, text]) => new Option(text, name)));
  made.value = value;
  made.addEventListener("change", () => act(made.value));
  return made;
}

export function imageUrl(folder, path, large = "") {
  return api.apiURL(`/patch_matters/thumbnail?${new URLSearchParams({ folder, path, large })}`);
}

// The server's answer. What it refuses is an Error with its sentence, and with `current` where a file has changed.
export async function request(name, values = {}, method = "GET") {
  const url = method === "GET" ? `/patch_matters/${name}?${new URLSearchParams(values)}` : `/patch_matters/${name}`;
  const body = JSON.stringify(values);
  const options = method === "GET" ? {} : { method, body, headers: { "Content-Type": "application/json" } };
  const response = await api.fetchApi(url, options);
  const answer = await response.json().catch(() => ({ error: say("answered", response.status) }));
  if (!response.ok) throw Object.assign(new Error(answer.error), { current: answer.current });
  return answer;
}
