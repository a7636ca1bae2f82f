// Makes a new loader node wide enough to show the name of its model.
import { app } from "../../../scripts/app.js";

const LOADERS = /^PatchMatters(Load(Detector|Captioner|Writer|Matcher|NLI)|HostedModel)$/;
const WIDTH = 460;

app.registerExtension({
  name: "PatchMatters.Loaders",
  async beforeRegisterNodeDef(nodeType, nodeData) {
    if (!LOADERS.test(nodeData.name)) return;

    const onNodeCreated = nodeType.prototype.onNodeCreated;
    nodeType.prototype.onNodeCreated = function () {
      onNodeCreated?.apply(this, arguments);
      this.setSize([Math.max(this.size[0], WIDTH), this.size[1]]);
    };
  },
});
