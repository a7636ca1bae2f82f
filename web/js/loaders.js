// A new loader is wide enough to read the name of its model; the name is shown without where it comes
// from, because a node of Nodes 2.0 shows about 20 characters of it. Values stay as workflows have them.
import { app } from "../../../scripts/app.js";

const LOADERS = /^PatchMatters(Load(Detector|Captioner|Writer|Matcher)|HostedModel)$/;
const WIDTH = 460;

const bare = (value) => value.slice(value.indexOf(":") + 1);
const last = (value) => bare(value).split("/").at(-1);

/** What is shown for a model: the last part of its path, or all of it where two would look the same. */
function shown(value, values) {
  if (typeof value !== "string" || !/^(transformers|ultralytics):/.test(value)) return value ?? "";
  const alike = values.filter((other) => typeof other === "string" && last(other) === last(value));
  return alike.length > 1 ? bare(value) : last(value);
}

app.registerExtension({
  name: "PatchMatters.Loaders",
  async beforeRegisterNodeDef(nodeType, nodeData) {
    if (!LOADERS.test(nodeData.name)) return;

    const onNodeCreated = nodeType.prototype.onNodeCreated;
    nodeType.prototype.onNodeCreated = function () {
      onNodeCreated?.apply(this, arguments);
      this.setSize([Math.max(this.size[0], WIDTH), this.size[1]]);
      const widget = this.widgets?.find((w) => w.name === "model" && w.type === "combo");
      if (widget) {
        const values = () => (Array.isArray(widget.options.values) ? widget.options.values : []);
        widget.options.getOptionLabel = (value) => shown(value, values());
      }
    };
  },
});
