// The look of the editor, in the colours of ComfyUI's theme.
export const EDITOR_STYLE = `
.patch-report .bar { display: inline-flex; gap: 8px; align-items: center; }
.patch-report .pending { color: #d97706; }
.pm-editor { width: min(1500px, 96vw); height: 94vh; box-sizing: border-box; padding: 0; border-radius: 8px;
  border: 1px solid var(--border-color); color: var(--input-text, var(--fg-color)); background: var(--comfy-menu-bg);
  font: 13px/1.45 sans-serif; outline: none; overflow: hidden; }
.pm-editor[open] { display: flex; flex-direction: column; }
.pm-editor::backdrop { background: rgb(0 0 0 / 55%); }
.pm-editor [hidden] { display: none !important; }
.pm-editor .head { display: flex; gap: 8px; align-items: center; padding: 8px 12px; border-bottom: 1px solid var(--border-color); }
.pm-editor h3 { margin: 0 8px 0 0; font-size: 15px; font-weight: 600; }
.pm-editor h4 { margin: 12px 0 4px; font-size: 13px; font-weight: 600; display: flex; gap: 8px; align-items: center; }
.pm-editor .gap { flex: 1; }
.pm-editor button, .pm-editor input:not([type=checkbox]), .pm-editor textarea { font: inherit; color: inherit;
  background: var(--comfy-input-bg); border: 1px solid var(--border-color); border-radius: 4px; padding: 3px 9px;
  box-sizing: border-box; }
.pm-editor button { cursor: pointer; white-space: nowrap; }
.pm-editor button:disabled { opacity: 0.45; cursor: default; }
.pm-editor button.main.pending, .pm-editor button[aria-pressed=true] { background: var(--p-primary-color, #3b82f6);
  color: var(--p-primary-contrast-color, #fff); }
.pm-editor :focus-visible { outline: 2px solid var(--p-primary-color, #3b82f6); outline-offset: 1px; }
.pm-editor .columns { flex: 1; min-height: 0; display: grid; grid-template-columns: minmax(0, 1.15fr) minmax(320px, 1fr); }
.pm-editor .left, .pm-editor .right { min-height: 0; padding: 12px; display: flex; flex-direction: column; gap: 8px; }
.pm-editor .left { overflow: auto; }
.pm-editor .right { border-left: 1px solid var(--border-color); }
.pm-editor .bar, .pm-editor .adding { display: flex; gap: 8px; align-items: center; flex-wrap: wrap; }
.pm-editor .adding input { flex: 1; min-width: 0; }
.pm-editor .hint, .pm-editor .why, .pm-editor .was { color: var(--descrip-text); font-size: 11px; font-weight: 400;
  overflow-wrap: anywhere; }
.pm-editor > .hint { padding: 5px 12px; border-top: 1px solid var(--border-color); }
.pm-editor .notice { color: #d97706; overflow-wrap: anywhere; }
.pm-picture { position: relative; flex: none; width: min(100%, calc(62vh * var(--ratio))); line-height: 0; }
.pm-picture img { display: block; width: 100%; border-radius: 4px; user-select: none; }
.pm-picture svg { position: absolute; inset: 0; width: 100%; height: 100%; touch-action: none; cursor: pointer; }
.pm-picture.drawing svg { cursor: crosshair; }
.pm-picture rect { vector-effect: non-scaling-stroke; fill: none; }
.pm-picture .patch { stroke-width: 2px; }
.pm-picture .patch.chosen { stroke-width: 3px; fill: rgb(255 255 255 / 8%); cursor: move; }
.pm-picture .faded { opacity: 0.35; }
.pm-picture .deleted { opacity: 0.35; stroke-dasharray: 4 4; }
.pm-picture rect.tag { fill: revert-layer; stroke: none; }
.pm-picture text { text-anchor: middle; font-family: sans-serif; font-weight: 700; user-select: none; }
.pm-picture .mark { stroke: #3b82f6; stroke-width: 1px; stroke-dasharray: 3 3; }
.pm-picture .claim { stroke: #3b82f6; stroke-width: 2px; stroke-dasharray: 6 3; fill: rgb(59 130 246 / 12%); cursor: move; }
.pm-picture .handle { fill: #fff; stroke: #000; stroke-width: 1px; }
.pm-editor .patch-panel { display: flex; flex-direction: column; gap: 6px; }
.pm-editor .patch-panel h4 { margin: 0; }
.pm-editor .seed { width: 7em; }
.pm-editor .claims { flex: 1; min-height: 6em; overflow: auto; padding: 2px; }
.pm-editor .claims h4:first-child { margin-top: 0; }
.pm-editor .claim { display: flex; gap: 8px; padding: 4px 6px; align-items: flex-start; border-left: 3px solid transparent;
  border-radius: 4px; }
.pm-editor .claim.changed { border-left-color: var(--p-primary-color, #3b82f6); }
.pm-editor .claim:hover, .pm-editor .claim:focus-within { background: var(--comfy-input-bg); }
.pm-editor .claim > input { margin-top: 3px; flex: none; }
.pm-editor .claim .body { flex: 1; min-width: 0; }
.pm-editor .claim .words { overflow-wrap: anywhere; }
.pm-editor .claim textarea.words { width: 100%; resize: vertical; }
.pm-editor .claim.dropped .words { color: var(--descrip-text); text-decoration: line-through; }
.pm-editor .claim .tools { display: flex; gap: 3px; visibility: hidden; }
.pm-editor .claim:hover .tools, .pm-editor .claim:focus-within .tools { visibility: visible; }
.pm-editor .claim .tools button { padding: 0 6px; }
.pm-editor textarea.caption { width: 100%; flex: none; resize: vertical; }
@media (max-width: 900px) {
  .pm-editor { overflow: auto; }
  .pm-editor .columns { display: block; }
  .pm-editor .right { border-left: none; }
  .pm-editor .claims { max-height: 50vh; }
}`;
