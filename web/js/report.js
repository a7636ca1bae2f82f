// Patch Report: its view on the node, and the editor that changes what it passes on.
import { app } from "../../../scripts/app.js";
import { openEditor } from "./editor/editor.js";
import { Edits } from "./editor/state.js";
import { EDITOR_STYLE } from "./editor/style.js";
import { button, element } from "./elements.js";
import { render, STYLE } from "./report/view.js";
import { text } from "./texts.js";

const NODE = "PatchReport";

// The widget that holds the edits. The editor shows them, so it is not shown itself.
function hiddenWidget(node) {
  const widget = node.widgets?.find((w) => w.name === "edits");
  if (widget) {
    widget.hidden = true;
    widget.options.hidden = true;
  }
  return widget;
}

// What the node knows: its report, the edits of the run that made it, and the edits now.
class Report {
  constructor(node, root) {
    this.node = node;
    this.root = root;
    this.views = [];
    this.applied = new Edits("");
    this.editor = null;
  }

  get widget() {
    return hiddenWidget(this.node);
  }

  show(views, edits) {
    this.views = views;
    this.applied = new Edits(edits);
    this.draw();
    this.editor?.update();
  }

  draw() {
    render(this.root, this.views, (page) => this.bar(page));
  }

  bar(page) {
    const made = element("span", "bar");
    const edits = new Edits(this.widget?.value ?? "");
    const key = this.views[page]?.key;
    if (this.views.length) made.append(button(text("editor", "edit"), () => this.edit(page)));
    const count = key ? edits.count(key) : [...edits.images.keys()].reduce((sum, k) => sum + edits.count(k), 0);
    const pending = this.views.length && edits.text !== this.applied.text;
    if (count) made.append(element("span", "count", text("editor", "changes", count)));
    if (pending) made.append(element("span", "pending", text("editor", "pending")));
    return made;
  }

  edit(page) {
    const tracker = app.extensionManager?.workflow?.activeWorkflow?.changeTracker;
    // ComfyUI listens for Ctrl+Z before any element does, and would load the graph as it was.
    if (tracker) tracker.undoRedo = async () => true;
    this.editor = openEditor({
      page,
      views: () => this.views,
      applied: () => this.applied,
      text: this.widget?.value ?? "",
      save: (value) => {
        if (!this.widget) return;
        this.widget.value = value;
        this.node.graph?.setDirtyCanvas(true, true);
        (tracker?.captureCanvasState ?? tracker?.checkState)?.call(tracker); // the name in newer and in older frontends
      },
      run: () => app.queuePrompt(0),
      closed: () => {
        if (tracker) delete tracker.undoRedo;
        this.editor = null;
        this.draw();
      },
    });
  }
}

app.registerExtension({
  name: "PatchMatters.Report",
  setup() {
    document.head.append(element("style", "", STYLE + EDITOR_STYLE));
  },
  async beforeRegisterNodeDef(nodeType, nodeData) {
    if (nodeData.name !== NODE) return;

    const onNodeCreated = nodeType.prototype.onNodeCreated;
    nodeType.prototype.onNodeCreated = function () {
      onNodeCreated?.apply(this, arguments);
      hiddenWidget(this);
      const root = element("div", "patch-report");
      // The wheel scrolls the report, not the canvas under it.
      root.addEventListener("wheel", (event) => event.stopPropagation(), { passive: true });
      const options = { serialize: false, getMinHeight: () => 240 };
      this.addDOMWidget("report", "PATCH_REPORT", root, options).serialize = false;
      this.patchReport = new Report(this, root);
      this.setSize([Math.max(this.size[0], 640), Math.max(this.size[1], 420)]);
      this.patchReport.draw();
    };

    // The edits that a workflow brings are known after the node was made.
    const onConfigure = nodeType.prototype.onConfigure;
    nodeType.prototype.onConfigure = function () {
      onConfigure?.apply(this, arguments);
      this.patchReport?.draw();
    };

    const onExecuted = nodeType.prototype.onExecuted;
    nodeType.prototype.onExecuted = function (message) {
      onExecuted?.apply(this, arguments);
      this.patchReport.show(message?.patch_matters_report ?? [], message?.patch_matters_edits?.[0] ?? "");
    };
  },
});
