// Shows the result of a node on the node itself. A caption may contain markup, so it is shown in a read-only text
// widget, which never interprets it.
import { api } from "../../../scripts/api.js";
import { app } from "../../../scripts/app.js";
import { ComfyWidgets } from "../../../scripts/widgets.js";
import { progress, result, text } from "./texts.js";

const NODES = new Set([
  "PatchMatters",
  "PatchMattersCaptionVideo",
  "PatchMattersCaptionDataSet",
  "LocalCaptioner",
  "SemanticFilter",
  "HierarchicalAggregator",
  "CaptionScore",
  "AskImage",
  "StructuredCaption",
]);
const WIDGET = "result";
// Pixels: a new node shows six lines of its result, also in Nodes 2.0, whose parts are taller.
const MIN_HEIGHT = 110;
const NEW_NODE = [360, 60];
const MAX_PROMPT = 90;

// A batch is numbered by the node; images that came as a list are told apart here.
function numbered(texts) {
  if (texts.length < 2) return result(texts.join(""));
  const title = texts[0].startsWith("— Image ") ? "batch" : "image";
  return texts.map((said, i) => `— ${text("labels", title, i + 1, texts.length)} —\n${result(said)}`).join("\n\n");
}

function show(node, said) {
  const widget = node?.widgets?.find((w) => w.name === WIDGET);
  if (widget) widget.value = said;
}

app.registerExtension({
  name: "PatchMatters.Result",
  setup() {
    // While a node works, its result shows the current patch.
    api.addEventListener("patch_matters.progress", ({ detail }) => {
      const said = [detail.text, detail.run].join("\n").trim().split("\n").map(progress);
      show(app.graph.getNodeById(detail.node), said.join("\n"));
    });
  },
  async beforeRegisterNodeDef(nodeType, nodeData) {
    if (!NODES.has(nodeData.name)) return;

    const onNodeCreated = nodeType.prototype.onNodeCreated;
    nodeType.prototype.onNodeCreated = function () {
      onNodeCreated?.apply(this, arguments);
      const spec = ["STRING", { multiline: true }];
      const { widget } = ComfyWidgets.STRING(this, WIDGET, spec, app);
      widget.label = text("labels", "result");
      widget.options.getMinHeight = () => MIN_HEIGHT;
      widget.options.read_only = true;
      widget.options.serialize = false;
      widget.serialize = false;
      widget.element.readOnly = true;
      // A tall node gives its space to the result, not to a prompt that is mostly empty.
      const prompt = this.widgets.find((w) => w.name === "prompt");
      if (prompt) prompt.options.getMaxHeight = () => MAX_PROMPT;
      const [width, height] = this.computeSize();
      this.setSize([Math.max(width, NEW_NODE[0]), height + NEW_NODE[1]]);
    };

    const onExecuted = nodeType.prototype.onExecuted;
    nodeType.prototype.onExecuted = function (message) {
      onExecuted?.apply(this, arguments);
      show(this, numbered([message?.text ?? ""].flat()));
    };
  },
});
