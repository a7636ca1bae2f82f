// Shows what a node of this pack says on the node itself. Text only: a caption may contain
// markup, and a read-only text widget never reads it as such.
import { api } from "../../../scripts/api.js";
import { app } from "../../../scripts/app.js";
import { ComfyWidgets } from "../../../scripts/widgets.js";

const NODES = new Set([
  "PatchMatters",
  "PatchMattersCaptionDataSet",
  "LocalCaptioner",
  "SemanticFilter",
  "HierarchicalAggregator",
  "CaptionScore",
]);
const WIDGET = "result";
// Pixels: a new node shows six lines of its result, also in Nodes 2.0, whose parts are taller.
const MIN_HEIGHT = 110;
const NEW_NODE = [360, 60];
const MAX_PROMPT = 90;

// A batch is numbered by the node; images that came as a list are told apart here.
function numbered(texts) {
  if (texts.length < 2) return texts.join("");
  const title = texts[0].startsWith("— Image ") ? "Batch" : "Image";
  return texts.map((text, i) => `— ${title} ${i + 1} of ${texts.length} —\n${text}`).join("\n\n");
}

function show(node, text) {
  const widget = node?.widgets?.find((w) => w.name === WIDGET);
  if (widget) widget.value = text;
}

app.registerExtension({
  name: "PatchMatters.Result",
  setup() {
    // While a node works, its result says which patch it is at.
    api.addEventListener("patch_matters.progress", ({ detail }) => {
      show(app.graph.getNodeById(detail.node), detail.text);
    });
  },
  async beforeRegisterNodeDef(nodeType, nodeData) {
    if (!NODES.has(nodeData.name)) return;

    const onNodeCreated = nodeType.prototype.onNodeCreated;
    nodeType.prototype.onNodeCreated = function () {
      onNodeCreated?.apply(this, arguments);
      const spec = ["STRING", { multiline: true }];
      const { widget } = ComfyWidgets.STRING(this, WIDGET, spec, app);
      widget.label = "Result";
      widget.options.getMinHeight = () => MIN_HEIGHT;
      widget.options.read_only = true;
      widget.options.serialize = false;
      widget.serialize = false;
      widget.element.readOnly = true;
      // The space of a tall node goes to its result, not to a prompt that is mostly empty.
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
