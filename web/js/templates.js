// ComfyUI lists a pack's templates as the disk returns them. Ours are numbered, so they are sorted: the
// one to start with comes first.
import { api } from "../../../scripts/api.js";

const folder = decodeURIComponent(new URL(import.meta.url).pathname.match(/\/extensions\/([^/]+)\//)?.[1] ?? "");
const listed = api.getWorkflowTemplates.bind(api);

api.getWorkflowTemplates = async () => {
  const templates = await listed();
  templates[folder]?.sort();
  return templates;
};
