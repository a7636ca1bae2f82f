"""What ComfyUI imports of the pack at its start, in ComfyUI's own Python."""

from test_prompts import PACK
from test_server import python

from conftest import ROOT

SCHEMAS = """
async def loaded():
    extension = await pack.comfy_entrypoint()
    return [node.GET_SCHEMA().node_id for node in await extension.get_node_list()]
nodes = asyncio.run(loaded())
own = sorted(name for name in sys.modules if name.startswith("pack."))
print(len(nodes), *own)
"""
THREADS = """
import threading
names = ["report", "question", "edits", "pipeline", "dataset.review", "dataset.run", "video.clip", "structured.forms"] * 4
together, failed = threading.Barrier(len(names)), []
sys.setswitchinterval(1e-6)
def use(name):
    together.wait()
    module = pack.core
    try:
        for part in name.split("."):
            module = getattr(module, part)
        assert module.__name__ == f"pack.core.{name}" and not module.__spec__._initializing
    except BaseException as error:
        failed.append(f"{name}: {error!r}")
threads = [threading.Thread(target=use, args=[name]) for name in names]
for thread in threads: thread.start()
for thread in threads: thread.join()
print("failed:", failed)
"""


def test_a_start_imports_no_stage_and_no_claims(server):
    out = python(PACK.replace("ROOT", repr(str(ROOT))).replace("from pack.nodes import prompts", "") + SCHEMAS)  # fmt: skip
    count, *own = out.splitlines()[-1].split()
    assert int(count) == 22
    not_yet = ("claims", "stages", "pipeline", "compose", "report", "dataset.run", "video.clip")
    assert not [name for name in own if name.startswith(tuple(f"pack.core.{m}" for m in not_yet))]
    assert "pack.core.settings" in own and "pack.core.models.registry" in own


def test_the_first_runs_of_several_nodes_may_import_at_once(server):
    out = python(PACK.replace("ROOT", repr(str(ROOT))) + THREADS)
    assert out.splitlines()[-1] == "failed: []"
