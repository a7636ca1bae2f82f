"""The method as ComfyUI nodes. The only folder that imports ComfyUI's modules."""

from comfy_api.latest import ComfyExtension, io

from ..core.errors import PatchMattersError
from .all_in_one import PatchMatters
from .compare import CompareCaptions
from .dataset import CaptionDataSet
from .divider import PatchDivider
from .example import ExampleImage
from .hosted import HostedModel
from .loaders import LoadCaptioner, LoadDetector, LoadNLI, LoadVerifier, LoadWriter
from .prompts import PromptFitter, RegionalPrompts
from .question import AskImage
from .report import PatchReport
from .review import add_routes
from .score import CaptionScore
from .stages import HierarchicalAggregator, LocalCaptioner, SemanticFilter
from .structured import StructuredCaption
from .text_encoder import CaptionerFromClip
from .video import CaptionVideo

# ComfyUI prints an error's module before its message. For a custom node that is a long path; only built-in
# errors have none.
PatchMattersError.__module__ = "builtins"


class PatchMattersExtension(ComfyExtension):
    async def get_node_list(self) -> list[type[io.ComfyNode]]:
        return [
            PatchMatters,
            PatchDivider,
            LocalCaptioner,
            SemanticFilter,
            HierarchicalAggregator,
            LoadCaptioner,
            LoadVerifier,
            LoadWriter,
            LoadDetector,
            LoadNLI,
            HostedModel,
            CaptionerFromClip,
            PatchReport,
            PromptFitter,
            RegionalPrompts,
            StructuredCaption,
            AskImage,
            CompareCaptions,
            CaptionScore,
            CaptionDataSet,
            CaptionVideo,
            ExampleImage,
        ]


async def comfy_entrypoint() -> PatchMattersExtension:
    add_routes()
    return PatchMattersExtension()
