"""What a user can choose by name. Imports nothing that has to be installed first."""

KEEP, OVERWRITE, APPEND, PREPEND, IMPROVE = "keep", "overwrite", "append", "prepend", "improve"
EXISTING = (KEEP, OVERWRITE, APPEND, PREPEND, IMPROVE)  # what becomes of a caption that is there
FORMAT_NAMES = ("txt", "caption", "ai-toolkit", "metadata", "kohya", "parquet", "webdataset")
STATE = ".patch_matters"  # the folder of the ledger and the report, in the output folder
REPORT = "report.html"
# What `run.py --extra` installs: name -> packages.
EXTRAS = {
    "parquet": ("pyarrow",),
    "webdataset": ("webdataset",),
    "ray": ("ray[data]>=2.60",),  # as in requirements-ray.txt
    "openai": ("openai>=1.50",),
    "anthropic": ("anthropic>=0.40",),
    "quantized": ("bitsandbytes>=0.46", "accelerate>=1"),
}
