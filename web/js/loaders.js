// Makes a new loader node wide enough to show the name of its model, and shows that name without its source, because
// Nodes 2.0 shows only about 20 characters of it. The values in workflows stay the same.
import { app } from "../../../scripts/app.js";

const LOADERS = /^PatchMatters(Load(Detector|Captioner|Writer|Matcher|NLI)|HostedModel)$/;
const WIDTH = 460;

const bare = (value) => value.slice(value.indexOf(":") + 1);
const last = (value) => bare(value).split("/").at(-1);

/** The label of a model: the last part of its path, or the whole path if two labels would be the same. */
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
