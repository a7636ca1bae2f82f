"""The method as ComfyUI nodes. The only folder that imports ComfyUI's modules."""

from comfy_api.latest import ComfyExtension, io

from .all_in_one import PatchMatters
from .hosted import HostedModel
from .loaders import LoadCaptioner, LoadDetector, LoadMatcher, LoadWriter
from .prompts import PromptFitter, RegionalPrompts
from .report import PatchReport
from .score import CaptionScore
from .stages import HierarchicalAggregator, LocalCaptioner, PatchDivider, SemanticFilter
from .text_encoder import CaptionerFromClip


class PatchMattersExtension(ComfyExtension):
    async def get_node_list(self) -> list[type[io.ComfyNode]]:
        return [
            PatchMatters,
            PatchDivider,
            LocalCaptioner,
            SemanticFilter,
            HierarchicalAggregator,
            LoadDetector,
            LoadCaptioner,
            LoadWriter,
            LoadMatcher,
            HostedModel,
            CaptionerFromClip,
            PromptFitter,
            RegionalPrompts,
            PatchReport,
            CaptionScore,
        ]


async def comfy_entrypoint() -> PatchMattersExtension:
    return PatchMattersExtension()
