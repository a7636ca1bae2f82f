// The pack's texts in the frontend's language. The core writes English. locales/<language>/main.json translates
// labels and reasons by their key, and whole sentences by their English text, with {} for the parts that vary.
import { api } from "../../../scripts/api.js";
import { app } from "../../../scripts/app.js";

let catalogues = {};
// Resolves once the texts are there; until then they are their keys.
export const loaded = api.getCustomNodesI18n().then((found) => {
  catalogues = found;
});

function catalogue() {
  const language = app.extensionManager?.setting?.get("Comfy.Locale") ?? "en";
  return catalogues[language]?.patchMatters ?? catalogues[language.split("-")[0]]?.patchMatters ?? {};
}

function filled(template, values) {
  let next = 0;
  return template.replaceAll("{}", () => values[next++] ?? "");
}

// A label or reason, by group and key: text("labels", "image", 1, 3) is "Image 1 of 3".
export function text(group, key, ...values) {
  const template = catalogue()[group]?.[key] ?? catalogues.en?.patchMatters?.[group]?.[key] ?? key;
  return filled(template, values);
}

// Why a statement was kept or dropped.
export function reason(statement) {
  const said = text("reasons", statement.reason, statement.against);
  if (!["improbable", "below_threshold"].includes(statement.reason) || statement.needed === null) return said;
  const needed = statement.needed.toFixed(2);
  const template = catalogue().needed ?? catalogues.en?.patchMatters?.needed ?? "{}, needs more than {}";
  return filled(template, [said, needed]);
}

// The name of a region, or of a region in a region ("top left > bottom right").
export function regionName(name) {
  const names = catalogue().regions ?? {};
  const numbered = (part) => part.replace(/^\w+(?= \d+$)/, (word) => names[word] ?? word); // "drawn 1"
  return name.split(" > ").map((part) => names[part] ?? numbered(part)).join(" > ");
}

function patternOf(template) {
  const parts = template.split("{}").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join("(.*?)")}$`);
}

function translated(said, templates) {
  for (const [english, translation] of Object.entries(templates ?? {})) {
    const found = said.match(patternOf(english));
    if (found) return filled(translation, found.slice(1).map((part) => stage(regionName(part))));
  }
  return null;
}

function stage(name) {
  return catalogue().stages?.[name] ?? name;
}

function translatedPart(part, own) {
  const { messages, reasons } = own;
  const english = catalogues.en?.patchMatters ?? {};
  const why = Object.fromEntries(Object.entries(english.reasons ?? {}).map(([k, v]) => [v, reasons?.[k] ?? v]));
  const needs = part.match(patternOf(english.needed ?? "{}, needs more than {}"));
  if (needs && translated(needs[1], why)) return filled(own.needed ?? "{}", [translated(needs[1], why), needs[2]]);
  return translated(part, messages) ?? translated(part, why) ?? part.split(", ").map(regionName).join(", ");
}

// A node's result, line by line. Lines that a captioner or writer wrote are left as they are.
export function result(said) {
  const own = catalogue();
  if (!own.messages) return said;
  return said
    .split("\n")
    .map((line) => {
      const region = line.match(/^\[(.+)\]$/);
      if (region) return `[${regionName(region[1])}]`;
      const [, start, rest] = line.match(/^(\s+|· )(.+)$/) ?? [, "", line];
      if (!start) return translated(rest, own.messages) ?? line;
      const whole = translated(rest, own.messages);
      return start + (whole ?? rest.split(" · ").map((part) => translatedPart(part, own)).join(" · "));
    })
    .join("\n");
}

// The line that a node shows while it works.
export function progress(said) {
  return translated(said, catalogue().progress) ?? said;
}
