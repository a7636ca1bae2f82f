"""Caption a data set: a folder of images in, checked captions beside them out.

`run.caption_dataset` runs a `job.Job`; `ledger.Ledger` remembers what was captioned and what was on disk before;
`review` reads and corrects captions afterwards. Everything that is no caption is in `OUT/.patch_matters/`.
"""

from ..lazy import submodules_of

__getattr__ = submodules_of(__name__)
