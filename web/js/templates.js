// ComfyUI lists the templates of a pack in the order of the file system. Ours are numbered and sorted here, so that
// the first one comes first.
import { api } from "../../../scripts/api.js";

const folder = decodeURIComponent(new URL(import.meta.url).pathname.match(/\/extensions\/([^/]+)\//)?.[1] ?? "");
const listed = api.getWorkflowTemplates.bind(api);

api.getWorkflowTemplates = async () => {
  const templates = await listed();
  templates[folder]?.sort();
  return templates;
};
